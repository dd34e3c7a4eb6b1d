"""What a user is told of, by callbacks: changed rows, commits, rollbacks, and how long a write-ahead log has become.

They are told what C SQLite's hooks of these names are (https://sqlite.org/c3ref/update_hook.html and its neighbours).
The callbacks here raise nothing: what a user's raise is kept from them (``vm.functions.callbacks.Guarded``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, final

DELETED: Final = 9
INSERTED: Final = 18
UPDATED: Final = 23
"""What was done to a row: SQLITE_DELETE, SQLITE_INSERT and SQLITE_UPDATE."""


@final
class Hooks:
    """A connection's callbacks, each None where there is none.

    Attributes:
        update: gets each changed row of a table with rowids: what was done, the database, the table and the rowid.
        commit: is called before a transaction that has written is committed; a true answer rolls it back.
        rollback: is called when a transaction has been rolled back.
        log: gets the name of a database in WAL mode after a commit, and the frames that its log has.
        vacuums: the transaction is VACUUM's, whose commit nobody is asked about.
        lengths: what is to be told to ``log`` when the statement that has committed has ended.
    """

    def __init__(self) -> None:
        self.update: Callable[..., Any] | None = None
        self.commit: Callable[..., Any] | None = None
        self.rollback: Callable[..., Any] | None = None
        self.log: Callable[..., Any] | None = None
        self.vacuums = False
        self.lengths: list[tuple[str, int]] = []

    def tell_lengths(self) -> None:
        """Tell how long the logs are that have grown."""
        lengths, self.lengths = self.lengths, []
        for name, frames in lengths:
            if self.log is not None:
                self.log(name, frames)
