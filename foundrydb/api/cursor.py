"""Cursors, as users see them."""

from __future__ import annotations

from foundrydb.api.runner import Runner
from foundrydb.api.values.arguments import NotPickled


class Cursor(NotPickled, Runner):
    """Runs statements on a connection (PEP 249; the details are those of the standard library's ``sqlite3``).

    Attributes:
        connection: whose cursor it is.
        description: a tuple (name, and six times None) for each column of the result; None without one.
        rowcount: rows that INSERT, UPDATE, DELETE or REPLACE changed; -1 for other statements.
        lastrowid: the rowid that the last INSERT of the connection wrote.
        arraysize: how many rows ``fetchmany`` returns.
        row_factory: called with the cursor and each row's tuple; its answer is what a fetch returns.
    """

    __module__ = "foundrydb"
