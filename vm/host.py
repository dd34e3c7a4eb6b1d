"""What the machine asks of a connection.

Databases, transactions and running statements are objects of their own (``transactions``), which the machine goes to
directly; what is asked of the host itself needs the compiler, or what a user has configured.  The connection's engine
is a subclass.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from mypy_extensions import mypyc_attr

from foundrydb.storage.format.values import Value
from foundrydb.vm.transactions.attached import AttachedDatabases
from foundrydb.vm.transactions.running import Running
from foundrydb.vm.transactions.statements import Statements
from foundrydb.vm.transactions.transaction import Transaction

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

MEMORY_BUDGET: Final = 128 * 1024 * 1024
"""Bytes that an ephemeral table or a hash table may take before it goes to a temporary file."""

TRIGGER_DEPTH: Final = 1000
"""How many programs of triggers may wait for one another (SQLITE_LIMIT_TRIGGER_DEPTH)."""


def system_clock() -> int:
    """The computer's time, in milliseconds since 1970, UTC."""
    return int(time.time() * 1000)


@mypyc_attr(allow_interpreted_subclasses=True)
class Host:
    """A connection, as the machine sees it; this one knows no schema and no settings.

    Attributes:
        attached: the databases.
        running: the statements that run.
        transaction: what has been begun in the databases.
        statements: how statements begin and end in it.
        memory_budget: bytes that a sorter or an ephemeral table may take before it goes to a temporary file.
        trigger_depth: how many programs of triggers may wait for one another.
        clock: the present time in milliseconds since 1970, UTC.
        random: as many unpredictable bytes as it is asked for.

    Statements know the time by ``clock`` alone, and chance by ``random``: who puts recorded ones in their place plays
    statements again as they went.
    """

    def __init__(self, attached: AttachedDatabases[Any]) -> None:
        self.attached: Final = attached
        self.running: Final = Running()
        self.transaction: Final = Transaction(attached, self.running)
        self.statements: Final = Statements(attached, self.running, self.transaction)
        self.memory_budget = MEMORY_BUDGET
        self.trigger_depth = TRIGGER_DEPTH
        self.clock: Callable[[], int] = system_clock
        self.random: Callable[[int], bytes] = os.urandom

    # databases ----------------------------------------------------------------------------------------------

    def attach(self, file: str, name: str) -> None:
        """Add the database in a file to those that there are."""
        raise NotImplementedError

    def detach(self, machine: Machine, name: str) -> None:
        """Take a database away; ``machine`` is the statement that does so."""
        raise NotImplementedError

    # the schema ---------------------------------------------------------------------------------------------

    def parse_schema(self, db: int, name: str, kind: str) -> None:
        """Read rows of the schema table of ``db`` into the catalog: those about a new object; all without a name."""
        raise NotImplementedError

    def load_analysis(self, db: int) -> None:
        """Read the statistics of ``sqlite_stat1`` of ``db`` into the catalog."""
        raise NotImplementedError

    def drop_object(self, db: int, kind: str, name: str) -> None:
        """Take a table (or view), an index or a trigger out of the catalog."""
        raise NotImplementedError

    def root_moved(self, db: int, moved: int, root: int) -> None:
        """The B-tree of ``db`` whose root was page ``moved`` has it on page ``root`` now: correct the catalog."""
        raise NotImplementedError

    def cookie_changed(self, db: int, cookie: int) -> None:
        """The statement changes the schema of ``db``, which has this cookie from now on."""
        raise NotImplementedError

    # whole databases ------------------------------------------------------------------------------------------

    def vacuum(self, machine: Machine, db: int) -> None:
        """Make database ``db`` anew, with nothing left over, for a statement that does nothing else."""
        raise NotImplementedError

    def vacuum_into(self, machine: Machine, db: int, file: Value) -> None:
        """Make such a database in another file, for a statement that does nothing else."""
        raise NotImplementedError

    # PRAGMAs ------------------------------------------------------------------------------------------------

    def integrity_check(self, db: int, roots: tuple[int, ...], limit: int, check_header: bool) -> list[str]:
        """The faults that the B-trees ``roots`` of ``db`` show, at most ``limit`` of them."""
        raise NotImplementedError

    def read_setting(self, db: int, name: str) -> Value:
        """A setting that a PRAGMA shows."""
        raise NotImplementedError

    def write_setting(self, db: int, name: str, value: Value) -> None:
        """Change a setting, as a PRAGMA does."""
        raise NotImplementedError

    def query(self, sql: str) -> list[tuple[Value, ...]]:
        """All rows of a statement of the engine's own."""
        raise NotImplementedError

    # turns --------------------------------------------------------------------------------------------------

    def progress(self) -> bool:
        """Called now and then while a statement runs, if ``Machine.watch`` asked for it; True stops it."""
        return False
