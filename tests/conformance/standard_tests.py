"""The interpreter's own tests of its ``sqlite3`` module, run against foundrydb under that name.

    cd tests && python -m conformance.standard_tests [NAME ...]

runs ``test.test_sqlite3`` of the Python that it runs on, with ``sqlite3`` standing for foundrydb, and lists what
fails and what it is known to fail for (``KNOWN``).  NAME narrows it to tests whose identifiers contain one of them.
The command line that those tests call, ``sqlite3.__main__``, is the interpreter's own, over foundrydb.

Exit status: 0 where tests ran and nothing else failed, 1 otherwise, 2 where this Python comes without its tests.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import io
import pkgutil
import sqlite3 as standard
import sys
import unittest
from pathlib import Path
from typing import Final

import foundrydb
import foundrydb.dbapi2

PACKAGE: Final = "test.test_sqlite3"

KNOWN: Final[dict[str, str]] = {
    "test_dump_virtual_tables": "not supported yet: virtual tables",
}
"""Tests that fail: a part of the identifier, and why.  One that no test fails for any more is taken out."""


def put_in_place() -> None:
    """Let ``import sqlite3`` give foundrydb, under the interpreter's own command line."""
    sys.modules["sqlite3"] = foundrydb
    sys.modules["sqlite3.dbapi2"] = foundrydb.dbapi2
    command = Path(str(standard.__file__)).with_name("__main__.py")
    if command.exists():  # from 3.12 on
        name = "sqlite3.__main__"
        spec = importlib.util.spec_from_file_location(name, command)
        assert spec is not None and spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])


def find_tests(wanted: list[str]) -> list[unittest.TestCase]:
    """The tests whose identifiers contain a word of ``wanted``; all without any.

    Raises:
        ImportError: this Python has no tests.
    """
    package = importlib.import_module(PACKAGE)
    loader = unittest.TestLoader()
    found: list[unittest.TestCase] = []
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("test_"):
            suite = loader.loadTestsFromModule(importlib.import_module(f"{PACKAGE}.{module.name}"))
            found.extend(_flat(suite))
    return [test for test in found if not wanted or any(word in test.id() for word in wanted)]


def _flat(suite: unittest.TestSuite) -> list[unittest.TestCase]:
    result: list[unittest.TestCase] = []
    for test in suite:
        result.extend(_flat(test) if isinstance(test, unittest.TestSuite) else [test])
    return result


def reason(test: str) -> str | None:
    """Why a test is known to fail."""
    return next((why for part, why in KNOWN.items() if part in test), None)


def run(wanted: list[str]) -> tuple[unittest.TestResult, list[str], dict[str, str]]:
    """Run the tests: the result, their identifiers, and by identifier the traceback of each that failed.

    Of a test with several parts it is that of the last one.
    """
    put_in_place()
    tests = find_tests(wanted)
    ran = [test.id() for test in tests]
    suite = unittest.TestSuite(tests)
    result = unittest.TextTestRunner(stream=io.StringIO(), verbosity=0).run(suite)
    failed: dict[str, str] = {}
    for test, trace in [*result.failures, *result.errors]:
        failed[getattr(test, "test_case", test).id()] = trace
    return result, ran, failed


def main(arguments: list[str]) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="standard_tests.py", description="Run the standard library's tests."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only tests whose names contain it")
    options = parser.parse_args(arguments)
    try:
        result, ran, failed = run(options.names)
    except ImportError as missing:
        print(f"this Python comes without {PACKAGE}: {missing}")
        return 2
    if not result.testsRun:
        print("no test ran")
        return 1
    unknown = 0
    for test in sorted(failed):
        why = reason(test)
        print(f"{test.removeprefix(PACKAGE + '.')}: {why or failed[test].rstrip()}")
        unknown += why is None
    print(
        f"{result.testsRun} tests, {len(result.skipped)} skipped, "
        f"{len(failed) - unknown} failed as known, {unknown} failed"
    )
    idle = [part for part in KNOWN if not options.names and not any(part in test for test in failed)]
    idle = [part for part in idle if any(part in test for test in ran)]
    if idle:
        print(f"known to fail, and does not: {', '.join(idle)}")
    return 1 if unknown or idle else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
