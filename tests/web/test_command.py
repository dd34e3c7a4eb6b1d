"""``fdb web`` as a process: what it prints, what it refuses in one line, how it ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

COMMAND = [sys.executable, "-m", "foundrydb", "web", "--no-browser"]


def refused(*arguments: object) -> str:
    """What is said where it does not start."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1
    return done.stderr


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert "there is no file" in refused(tmp_path / "none.db")
    assert "is a folder, not a file" in refused(tmp_path)
    assert "is a folder, not a file" in refused("--write", tmp_path)
    missing = tmp_path / "no" / "folder.db"
    assert f'unable to open database "{missing}"' in refused("--write", missing)
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port}" in refused("--port", port)


def test_without_the_libraries_one_line_says_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "import importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name: None if name == 'uvicorn' else found(name)\n"
        "from foundrydb.tools.command.cli import main; main(['web', '--no-browser'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "foundrydb[web]" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_it_ends_at_once_though_a_statement_runs(file: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "for reading only" in process.stdout.readline()
    address = process.stdout.readline().strip()
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    assert b"<title>" in browser.open(address, timeout=30).read()
    sql = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    body = json.dumps({"database": "file", "text": sql}).encode()
    asked = Request(address.partition("?")[0] + "api/run", body, {"Content-Type": "application/json"})
    assert json.loads(browser.open(asked, timeout=30).read())["running"]
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=30)
    assert process.returncode == 0
    assert complaints.strip() == ""
