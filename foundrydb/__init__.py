"""A SQLite-compatible database, and its stages as a library.

``connect`` opens a database by the conventions of PEP 249 and the standard library's ``sqlite3``.  ``parse``,
``to_sql`` and ``compile`` are the stages before a statement runs, for tools.

Everything is loaded when it is first used, so that ``import foundrydb`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from foundrydb.errors import (
    CODES,
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,
)

if TYPE_CHECKING:
    from foundrydb.api.blob import Blob
    from foundrydb.api.connection import Connection, connect
    from foundrydb.api.cursor import Cursor
    from foundrydb.api.row import Row
    from foundrydb.api.session import LEGACY_TRANSACTION_CONTROL
    from foundrydb.api.values.adapters import (
        BINARY,
        DATETIME,
        NUMBER,
        ROWID,
        STRING,
        Binary,
        Date,
        DateFromTicks,
        PrepareProtocol,
        Time,
        TimeFromTicks,
        Timestamp,
        TimestampFromTicks,
        adapt,
        adapters,
        converters,
        register_adapter,
        register_converter,
    )
    from foundrydb.api.values.parse_flags import PARSE_COLNAMES, PARSE_DECLTYPES
    from foundrydb.edition import sqlite_version, sqlite_version_info
    from foundrydb.toolkit.checks.checking import check, check_schema
    from foundrydb.toolkit.formatting.scripts import format_sql
    from foundrydb.toolkit.plan_comparison import compare_plans
    from foundrydb.toolkit.problems import Problem, problems
    from foundrydb.toolkit.query_types.queries import query_types
    from foundrydb.toolkit.stages import (
        Compilation,
        analyze,
        compile,
        complete_statement,
        lineage,
        parse,
        parse_expression,
        to_sql,
    )
    from foundrydb.vm.functions.callbacks import enable_callback_tracebacks

__version__ = "0.1.0"
apilevel = "2.0"
paramstyle = "qmark"
threadsafety = 3

_HOMES = {
    "api.blob": ("Blob",),
    "api.connection": ("Connection", "connect"),
    "api.cursor": ("Cursor",),
    "api.values.adapters": (
        "BINARY",
        "Binary",
        "DATETIME",
        "Date",
        "DateFromTicks",
        "NUMBER",
        "PrepareProtocol",
        "ROWID",
        "STRING",
        "Time",
        "TimeFromTicks",
        "Timestamp",
        "TimestampFromTicks",
        "adapt",
        "adapters",
        "converters",
        "register_adapter",
        "register_converter",
    ),
    "api.row": ("Row",),
    "api.session": ("LEGACY_TRANSACTION_CONTROL",),
    "api.values.parse_flags": ("PARSE_COLNAMES", "PARSE_DECLTYPES"),
    "toolkit.problems": ("Problem", "problems"),
    "toolkit.checks.checking": ("check", "check_schema"),
    "toolkit.formatting.scripts": ("format_sql",),
    "toolkit.plan_comparison": ("compare_plans",),
    "toolkit.query_types.queries": ("query_types",),
    "toolkit.stages": (
        "analyze",
        "Compilation",
        "compile",
        "complete_statement",
        "lineage",
        "parse",
        "parse_expression",
        "to_sql",
    ),
    "notebook.extension": ("load_ipython_extension", "unload_ipython_extension"),
    "edition": ("sqlite_version", "sqlite_version_info"),
    "vm.functions.callbacks": ("enable_callback_tracebacks",),
}
_LAZY = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "Warning",
    "__version__",
    "apilevel",
    "paramstyle",
    "threadsafety",
    "BINARY",
    "Binary",
    "Blob",
    "Compilation",
    "Connection",
    "Cursor",
    "DATETIME",
    "Date",
    "DateFromTicks",
    "LEGACY_TRANSACTION_CONTROL",
    "NUMBER",
    "PARSE_COLNAMES",
    "PARSE_DECLTYPES",
    "PrepareProtocol",
    "Problem",
    "ROWID",
    "Row",
    "STRING",
    "Time",
    "TimeFromTicks",
    "Timestamp",
    "TimestampFromTicks",
    "adapt",
    "adapters",
    "analyze",
    "check",
    "check_schema",
    "compare_plans",
    "compile",
    "complete_statement",
    "connect",
    "converters",
    "enable_callback_tracebacks",
    "format_sql",
    "lineage",
    "parse",
    "parse_expression",
    "problems",
    "query_types",
    "register_adapter",
    "register_converter",
    "sqlite_version",
    "sqlite_version_info",
    "to_sql",
]


def __getattr__(name: str) -> object:
    """Load the module that a public name lives in; SQLite's constants are names too (``SQLITE_BUSY``)."""
    home = _LAZY.get(name)
    if home is None:
        if name in CODES:
            return CODES[name]
        if name.startswith("SQLITE_"):
            constants = _constants()
            if name in constants:
                return constants[name]
        if name == "dbapi2":
            return import_module("foundrydb.dbapi2")
        return import_module("foundrydb.pythons").passing_name(name)
    module = import_module(f"{__name__}.{home}")
    for each in _HOMES[home]:
        globals()[each] = getattr(module, each)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_LAZY) | set(CODES) | set(_constants()))


def _constants() -> dict[str, int]:
    constants: dict[str, int] = import_module("foundrydb.engine.options.constants").CONSTANTS
    return constants
