"""A page's server as a client sees it: a sample file, a gate, and questions asked of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient

from foundrydb.tools.views.sample import create_sample
from foundrydb.tools.web.app import application
from foundrydb.tools.web.databases import Databases
from foundrydb.tools.web.gate import Gate
from foundrydb.tools.web.routes import Desk

PORT = 8517
HOST = f"http://127.0.0.1:{PORT}"


class Page:
    """A server and a client that has been let in."""

    def __init__(self, path: str = "", writable: bool = False) -> None:
        self.desk = Desk(Databases(path, writable))
        self.gate: Gate = application(self.desk, PORT)
        self.client = TestClient(self.gate, base_url=HOST)
        assert self.client.get(f"/?token={self.gate.token}").status_code == 200

    def stranger(self) -> TestClient:
        """A client that has no token."""
        return TestClient(self.gate, base_url=HOST, follow_redirects=False)

    def ask(self, name: str, **body: Any) -> dict[str, Any]:
        """The answer to a question."""
        answer = self.post(name, **body)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def post(self, name: str, **body: Any) -> Response:
        """What comes back, whatever its status is."""
        content = json.dumps({"database": "file", **body})  # as a browser does, also what is no UTF-8
        answer: Response = self.client.post(
            f"/api/{name}", content=content, headers={"content-type": "application/json"}
        )
        return answer

    def look(self, sql: str, at: int = 0, **body: Any) -> dict[str, Any]:
        """What is made of a text."""
        return self.ask("chain", text=sql, at=at, **body)

    def run(self, sql: str, at: int = 0, **body: Any) -> dict[str, Any]:
        """The outcome of a run."""
        state = self.ask("run", text=sql, at=at, **body)
        while state.get("running"):
            state = self.ask("state", run=state["run"])
        return state

    def close(self) -> None:
        """End the server."""
        self.desk.close()


Pages = Callable[..., Page]


@pytest.fixture
def pages() -> Iterator[Pages]:
    """Makes servers, and ends them."""
    made: list[Page] = []

    def make(path: str | Path = "", writable: bool = False) -> Page:
        made.append(Page(str(path), writable))
        return made[-1]

    yield make
    for page in made:
        page.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The sample database in a folder of its own."""
    folder = tmp_path / "foundry"
    folder.mkdir()
    path = folder / "foundry.fdb"
    create_sample(str(path))
    return path


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
