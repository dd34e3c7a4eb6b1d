"""Undoing what was done since a savepoint, so that nothing at all is written to a file for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection


def undo_savepoint(connection: Connection, name: str) -> None:
    """Undo what was done since a savepoint of that name was opened, and forget it.

    Where it began the transaction, that is rolled back: to release it would commit, which writes the file's header
    even where no page is another one.

    Raises:
        Error: there is no such savepoint.
    """
    savepoints = connection.engine.transaction.savepoints
    found = [each for each in savepoints if each.name == name]
    if len(found) == 1 and found[0].opens_transaction:
        connection.execute("ROLLBACK")
    else:
        connection.execute(f"ROLLBACK TO {name}")
        connection.execute(f"RELEASE {name}")
