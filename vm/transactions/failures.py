"""What a statement's failure leaves of the transaction, by its code.

(https://sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.errors import CODES, Error

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

BUSY: Final = CODES["SQLITE_BUSY"]
CONSTRAINT: Final = CODES["SQLITE_CONSTRAINT"]
_INTERRUPT: Final = CODES["SQLITE_INTERRUPT"]
_SHORTAGES: Final = {CODES[name] for name in ("SQLITE_NOMEM", "SQLITE_FULL")}
_CALAMITIES: Final = {
    CODES[name] for name in ("SQLITE_NOMEM", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_INTERRUPT")
}
"""What C SQLite rolls the whole transaction back for."""

_ORDERLY: Final = {
    CODES[name]
    for name in (
        "SQLITE_ERROR",
        "SQLITE_ABORT",
        "SQLITE_BUSY",
        "SQLITE_LOCKED",
        "SQLITE_READONLY",
        "SQLITE_SCHEMA",
        "SQLITE_TOOBIG",
        "SQLITE_CONSTRAINT",
        "SQLITE_MISMATCH",
        "SQLITE_MISUSE",
        "SQLITE_AUTH",
        "SQLITE_RANGE",
    )
}
"""What a program raises between two changes of a tree; anything else may be met in the middle of one."""


def primary(failure: Error) -> int:
    """The primary result code."""
    return CODES.get(failure.code, 0) & 0xFF


def everything_goes(machine: Machine, failure: BaseException, changed: bool) -> bool:
    """Whether a failure leaves no more of the transaction than of the statement.

    Beyond what C SQLite does this is so where a change of a tree may have been cut and no savepoint was opened for
    the statement, because its program cannot fail half way.

    Args:
        changed: whether the transaction has changed anything so far.
    """
    if not isinstance(failure, Error):
        return machine.writes or not isinstance(failure, KeyboardInterrupt)
    code = primary(failure)
    if code == _INTERRUPT:
        return machine.writes
    if code in _SHORTAGES and machine.statement_savepoints:
        return False
    if code in _CALAMITIES:
        return True
    return machine.writes and not machine.statement_savepoints and code not in _ORDERLY and changed
