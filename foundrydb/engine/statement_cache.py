"""The compiled statements that a connection keeps, by their texts."""

from __future__ import annotations

from typing import Final, final

from foundrydb.engine.statement import Prepared


@final
class StatementCache:
    """Statements by their texts, the one used last at the end.

    Attributes:
        size: how many are kept.
    """

    def __init__(self) -> None:
        self.size = 0
        self._statements: Final[dict[str, Prepared]] = {}

    def find(self, sql: str, generation: int) -> Prepared | None:
        """The statement with this text, if there is one that was compiled for this generation of the schema."""
        statements = self._statements
        found = statements.pop(sql, None)
        if found is None or found.compiled.generation != generation:
            return None
        statements[sql] = found
        return found

    def keep(self, prepared: Prepared) -> None:
        """Put a statement in; the one that was used least lately makes room."""
        statements = self._statements
        if self.size > 0:
            statements.pop(prepared.sql, None)
            while len(statements) >= self.size:
                del statements[next(iter(statements))]
            statements[prepared.sql] = prepared

    def clear(self) -> None:
        """Forget all."""
        self._statements.clear()
