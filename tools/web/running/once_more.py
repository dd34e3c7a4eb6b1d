"""A statement run once more, on a connection of its own, to find out what its ordinary run did not note.

What it changes is undone.  It takes a few seconds at most: what is not known then is not told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

from foundrydb.errors import Error, error
from foundrydb.toolkit.debugging.recorded_run import RecordedRun
from foundrydb.tools.web.cells import values_of
from foundrydb.tools.web.looking import compiled

if TYPE_CHECKING:
    from foundrydb.tools.web.databases import PageDatabase

PATIENCE: Final = 5.0
"""Seconds that it may take."""

TOO_LONG: Final = f"not found out in {PATIENCE:.0f} seconds"


@contextmanager
def once_more(
    database: PageDatabase, text: str, place: tuple[int, int], parameters: dict[str, str]
) -> Iterator[RecordedRun]:
    """The statement at a place of a text, at its start.

    Raises:
        Error: it is wrong, of a kind that cannot be run this way, or took too long.
    """
    until = monotonic() + PATIENCE
    with database.reasons(), closing(database.another()) as connection:
        compilation = compiled(connection, text, *place)
        run = RecordedRun(connection, compilation, values_of(compilation, parameters))
        run.replay.asked_to_stop = lambda: monotonic() > until
        connection.set_progress_handler(lambda: monotonic() > until + PATIENCE, 1000)
        try:
            yield run
        except Error as problem:
            if problem.code == "SQLITE_INTERRUPT":
                raise error(TOO_LONG) from None
            raise
        finally:
            run.close()
