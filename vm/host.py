"""The connection, as the virtual machine sees it.

A :class:`Host` owns what outlives a statement: the databases, the transaction and its savepoints, the counters
behind ``changes()`` and ``last_insert_rowid()``, functions and collations.  The connection is a subclass; it adds
what needs the compiler (reading the schema) and what a user configures.

Transactions follow SQLite (https://sqlite.org/lang_transaction.html):

* outside BEGIN … COMMIT every statement is a transaction (``autocommit``), which ends when the last running
  statement ends;
* a statement that fails with ABORT undoes its own changes through a statement savepoint, when it is one that may
  fail half way (``Program.statement_journal``) and there is something else to keep;
* savepoints are opened in a database when it is first written to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from mypy_extensions import mypyc_attr

from foundrydb.storage.btree import Database, ephemeral
from foundrydb.storage.values import BINARY, NOCASE, RTRIM, Collation, Value
from foundrydb.vm.functions.registry import FunctionRegistry

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

META_SCHEMA_COOKIE: Final = 1

SAVEPOINT_BEGIN: Final = 0
SAVEPOINT_RELEASE: Final = 1
SAVEPOINT_ROLLBACK: Final = 2

ABORT: Final = "abort"
FAIL: Final = "fail"
IGNORE: Final = "ignore"
REPLACE: Final = "replace"
ROLLBACK: Final = "rollback"
"""What becomes of the changes when a constraint does not hold."""


@final
class SavepointFrame:
    """A savepoint of the user's: its name, and the storage's savepoint in each database written to since.

    Attributes:
        opens_transaction: it was opened outside a transaction; releasing it commits.
        ids: the storage's savepoint by the database's number.
    """

    def __init__(self, name: str, opens_transaction: bool) -> None:
        self.name: Final = name
        self.opens_transaction: Final = opens_transaction
        self.ids: Final[dict[int, int]] = {}


@mypyc_attr(allow_interpreted_subclasses=True)
class Host:
    """A connection's state.

    Attributes:
        databases: by number: 0 is ``main``, 1 ``temp`` (None until it is needed), then the attached ones.
        autocommit: no BEGIN is open.
        changes: rows that the last completed INSERT, UPDATE or DELETE changed.
        total_changes: rows changed since the connection was opened.
        last_insert_rowid: rowid of the last row that an INSERT wrote.
        functions: the SQL functions.
        collations: the collating sequences, by name in capitals.
        running: the machines that have begun and have not ended.
        savepoints: the user's open savepoints, outermost first.
    """

    def __init__(self) -> None:
        self.databases: Final[list[Database | None]] = []
        self.autocommit = True
        self.changes = 0
        self.total_changes = 0
        self.last_insert_rowid = 0
        self.functions: Final = FunctionRegistry()
        self.collations: Final[dict[str, Collation]] = {"BINARY": BINARY, "NOCASE": NOCASE, "RTRIM": RTRIM}
        self.running: Final[list[Machine]] = []
        self.savepoints: Final[list[SavepointFrame]] = []
        self._writing: Final[set[int]] = set()
        self._reading: Final[set[int]] = set()

    # what the connection adds -------------------------------------------------------------------------------

    def open_temp(self) -> Database:
        """Make the database ``temp`` when a statement first needs it."""
        return ephemeral()

    def parse_schema(self, db: int, where: str) -> None:
        """Read rows of the schema table of ``db`` (those that satisfy ``where``; all if empty) into the catalog."""
        raise NotImplementedError

    def load_analysis(self, db: int) -> None:
        """Read the statistics of ``sqlite_stat1`` of ``db`` into the catalog."""
        raise NotImplementedError

    def drop_object(self, db: int, kind: str, name: str) -> None:
        """Take a table (or view), an index or a trigger out of the catalog."""
        raise NotImplementedError

    def schema_changed(self, db: int) -> None:
        """The schema of ``db`` may not be what the catalog says any more: a rollback, or another's change."""
        raise NotImplementedError

    def expire(self) -> None:
        """Mark every prepared statement as stale."""
        raise NotImplementedError

    def integrity_check(self, db: int, roots: tuple[int, ...], limit: int, check_header: bool) -> list[str]:
        """The faults that the B-trees ``roots`` of ``db`` show, at most ``limit`` of them."""
        raise NotImplementedError

    def journal_mode(self, db: int, mode: str) -> str:
        """Set the journal mode (leave it when ``mode`` is empty); the mode that there is then."""
        raise NotImplementedError

    def read_setting(self, db: int, name: str) -> Value:
        """A setting that a PRAGMA shows."""
        raise NotImplementedError

    def write_setting(self, db: int, name: str, value: Value) -> None:
        """Change a setting, as a PRAGMA does."""
        raise NotImplementedError

    def vacuum(self, db: int, into: Value) -> None:
        """Build ``db`` anew; into the file ``into``, if that is not None."""
        raise NotImplementedError

    def progress(self) -> bool:
        """Called now and then while a statement runs, if ``Machine.watch`` asked for it; True stops it."""
        return False
