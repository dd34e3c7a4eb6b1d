"""A new database of what was recovered."""

from __future__ import annotations

from foundrydb.api.connection import connect
from foundrydb.errors import Error
from foundrydb.tools.recovery.recovery import COMMENT, Recovery


def make_database(recovery: Recovery, path: str) -> None:
    """Run the statements of a recovery in a new database; what cannot be run is a loss.

    Raises:
        Error: the database cannot be made, or its disk is full.
    """
    connection = connect(path, isolation_level=None)
    try:
        for statement in recovery.statements():
            if statement.startswith(COMMENT):
                continue
            try:
                connection.execute(statement)
            except Error as problem:
                if not connection.in_transaction or statement == "COMMIT":
                    raise
                recovery.report.add_refused(statement, problem.message)
    finally:
        connection.close()
