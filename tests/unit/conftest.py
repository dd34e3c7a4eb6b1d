"""What tests of the interface run on: the standard library's module, and this package."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

import foundrydb


@pytest.fixture(params=[pytest.param(sqlite3, id="sqlite3"), pytest.param(foundrydb, id="foundrydb")])
def db(request: pytest.FixtureRequest) -> Any:
    """Each module in turn."""
    return request.param


@pytest.fixture
def con(db: Any) -> Iterator[Any]:
    """A connection of the module's, to memory."""
    connection = db.connect(":memory:")
    yield connection
    connection.close()
