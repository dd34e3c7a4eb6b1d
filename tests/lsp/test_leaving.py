"""An editor's server ends as the protocol wants it."""

from __future__ import annotations

import json
import subprocess
import sys


def message(method: str, number: int | None = None) -> bytes:
    content: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": None}
    if number is not None:
        content["id"] = number
    if method == "initialize":
        content["params"] = {"processId": None, "rootUri": None, "capabilities": {}}
    body = json.dumps(content).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def test_it_leaves_without_a_complaint() -> None:
    asked = [message("initialize", 1), message("initialized"), message("shutdown", 2), message("exit")]
    done = subprocess.run(
        [sys.executable, "-m", "foundrydb", "lsp"], input=b"".join(asked), capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr
