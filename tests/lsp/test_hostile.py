"""Requests that no editor would send: each has an answer, and nothing but lines of the log is printed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

INVALID_REQUEST, INVALID_PARAMETERS, NO_METHOD = -32600, -32602, -32601

URI = "file:///nowhere/x.sql"
DOCUMENT = {"uri": URI}
TEXT = "create table t(a, b);\nselect a from t;\n"
OPENED = {"textDocument": {"uri": URI, "languageId": "sql", "version": 1, "text": TEXT}}

PLACES: list[object] = [
    {"line": -1, "character": -1},
    {"line": 1, "character": -5},
    {"line": 1 << 60, "character": 0},
    {},
    None,
    "here",
]
ASKED = [
    (f"textDocument/{name}", {"textDocument": DOCUMENT, "position": place})
    for name in ("hover", "completion", "signatureHelp", "definition", "documentHighlight", "prepareRename")
    for place in PLACES
]


def renaming(character: int, name: str) -> dict[str, object]:
    return {"textDocument": DOCUMENT, "position": {"line": 1, "character": character}, "newName": name}


REFUSED: list[tuple[str, object, int]] = [
    ("textDocument/rename", renaming(0, "x"), INVALID_REQUEST),
    ("textDocument/rename", renaming(7, "b"), INVALID_REQUEST),
    ("textDocument/rename", renaming(7, ""), INVALID_REQUEST),
    ("textDocument/prepareRename", renaming(0, ""), INVALID_REQUEST),
    ("textDocument/formatting", {"textDocument": DOCUMENT, "options": {"tabSize": -1}}, INVALID_PARAMETERS),
    ("textDocument/documentSymbol", None, INVALID_PARAMETERS),
    ("nosuch/method", {}, NO_METHOD),
    *[(name, parameters, INVALID_PARAMETERS) for name, parameters in ASKED],
]
PLACE = {"start": {"line": 1, "character": 0}, "end": {"line": 0, "character": 0}}
ANSWERED: list[tuple[str, object]] = [
    ("textDocument/codeAction", {"textDocument": DOCUMENT, "range": PLACE, "context": {"diagnostics": []}}),
    ("codeLens/resolve", {"range": PLACE, "data": {"path": "/nowhere/x.sql", "offset": "one"}}),
    ("codeLens/resolve", {"range": PLACE, "data": {"path": "/nowhere/x.sql", "offset": -(10**20)}}),
    ("codeLens/resolve", {"range": PLACE, "data": [1]}),
    ("textDocument/documentSymbol", {"textDocument": {"uri": "file:///%ff%00/x"}}),
    ("textDocument/documentSymbol", {"textDocument": {"uri": "file://[bad/x"}}),
    ("textDocument/documentSymbol", {"textDocument": DOCUMENT}),
]


def framed(message: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def answers(output: bytes) -> dict[int, dict[str, Any]]:
    """The answers by the numbers of their requests."""
    found: dict[int, dict[str, Any]] = {}
    while output:
        head, _, rest = output.partition(b"\r\n\r\n")
        size = next(
            int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")
        )
        message = json.loads(rest[:size])
        output = rest[size:]
        if "method" not in message:
            found[message["id"]] = message
    return found


def test_each_request_is_answered_in_a_line(tmp_path: Path) -> None:
    requests = [
        ("initialize", {"capabilities": {}, "processId": None, "rootUri": None}),
        *[(name, parameters) for name, parameters, _ in REFUSED],
        *ANSWERED,
        ("shutdown", None),
    ]
    sent = [framed({"id": i, "method": name, "params": given}) for i, (name, given) in enumerate(requests)]
    sent[1:1] = [
        framed({"method": "initialized", "params": {}}),
        framed({"method": "textDocument/didOpen", "params": OPENED}),
        framed({"method": "textDocument/didOpen", "params": {"textDocument": DOCUMENT}}),
        framed(
            {"method": "textDocument/didChange", "params": {"textDocument": DOCUMENT, "contentChanges": "x"}}
        ),
        b"Content-Length: 5\r\n\r\n{bad}",
    ]
    sent.append(framed({"method": "exit", "params": None}))
    done = subprocess.run(
        [sys.executable, "-m", "foundrydb", "lsp"],
        input=b"".join(sent),
        capture_output=True,
        timeout=60,
        cwd=tmp_path,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert all(line.startswith(b"fdb.lsp: ") for line in done.stderr.splitlines())
    found = answers(done.stdout)
    assert set(found) == set(range(len(requests)))
    told = [found[i]["error"]["code"] if "error" in found[i] else 0 for i in range(len(requests))]
    assert told == [0, *[code for _, _, code in REFUSED], *[0 for _ in ANSWERED], 0]
