"""The plugin for pytest: options and fixtures about the plans and rows of queries.

Every run of pytest loads it, also those that have nothing to do with queries; so it stands apart from the package and
imports nothing of it before a test asks for one of the fixtures (``foundrydb.testing`` has what they are made of).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from foundrydb import Connection
    from foundrydb.testing.query_checks import QueryChecks

_WRITTEN: Final = pytest.StashKey[list[Path]]()
_LOCKED: Final = pytest.StashKey[dict[str, str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What can be set on the command line and in pytest's own file of settings."""
    group = parser.getgroup("foundrydb", "plans and rows of queries (foundrydb)")
    group.addoption(
        "--fdb-update",
        action="store_true",
        help="keep plans and rows as they are now: write golden files and the plan lock anew",
    )
    parser.addini("fdb_schema", "script or database with the schema that queries are planned for")
    parser.addini("fdb_statistics", "database or script with the statistics that they are planned by")
    parser.addini("fdb_lock", "the plan lock", default="queries.lock")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to write files from several processes at once."""
    config.stash[_WRITTEN] = []
    config.stash[_LOCKED] = {}
    if config.getoption("--fdb-update") and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("--fdb-update writes files, and does so in one process: leave -n out")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which files were written."""
    written = config.stash[_WRITTEN]
    for path in dict.fromkeys(written):
        terminalreporter.write_line(f"foundrydb: wrote {_shown(path, config)}")


@pytest.fixture(scope="session")
def fdb_database(pytestconfig: pytest.Config) -> Iterator[Connection]:
    """The database that queries are planned for: of ``fdb_schema`` and ``fdb_statistics``.

    A project may have a fixture of this name of its own, which gives a connection: foundrydb's, or one that serializes.
    """
    schema = pytestconfig.getini("fdb_schema")
    if not schema:
        pytest.fail(
            "which schema are queries planned for? Set fdb_schema = FILE in pytest's settings, or write a fixture "
            "fdb_database that returns a connection",
            pytrace=False,
        )
    base = _base(pytestconfig)
    statistics = pytestconfig.getini("fdb_statistics")
    made = import_module("foundrydb.testing.plan_database")
    wrong = ""
    try:
        connection = made.plan_database(base / schema, base / statistics if statistics else None)
    except import_module("foundrydb.errors").Error as problem:
        wrong = str(problem)
    if wrong:  # told out here, where it has no other failure behind it
        pytest.fail(wrong, pytrace=False)
    yield connection
    connection.close()


@pytest.fixture
def fdb(request: pytest.FixtureRequest, fdb_database: Connection) -> QueryChecks:
    """Checks of queries: assertions about plans, golden files of this test, the plan lock."""
    config = request.config
    update = bool(config.getoption("--fdb-update"))
    written = config.stash[_WRITTEN]
    folder = request.path.parent / "goldens" / request.path.stem
    test = request.node.name if request.cls is None else f"{request.cls.__qualname__}.{request.node.name}"
    goldens = import_module("foundrydb.testing.goldens").Goldens(folder, test, update, written)
    lock = import_module("foundrydb.testing.plan_lock").PlanLock(
        _base(config) / config.getini("fdb_lock"), update, written, config.stash[_LOCKED]
    )
    checks: QueryChecks = import_module("foundrydb.testing.query_checks").QueryChecks(
        fdb_database, goldens, lock, _base(config)
    )
    return checks


def _base(config: pytest.Config) -> Path:
    """Where paths in the settings begin: beside the file of settings."""
    return config.rootpath if config.inipath is None else config.inipath.parent


def _shown(path: Path, config: pytest.Config) -> Path:
    return path.relative_to(config.rootpath) if path.is_relative_to(config.rootpath) else path
