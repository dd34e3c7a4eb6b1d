"""Pieces of the language that are no nodes of the tree: what the parser's actions hand to one another."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.syntax import ast


def folded(name: ast.Name) -> bytes:
    """A name, without regard to the case of ASCII letters."""
    return name.text.encode("utf-8", "surrogatepass").lower()


@final
class CompoundTerm:
    """One SELECT or VALUES of a compound, with the ORDER BY and LIMIT that stand in it."""

    def __init__(
        self, term: ast.SelectTerm, order_by: tuple[ast.OrderTerm, ...], limit: LimitClause | None
    ) -> None:
        self.term: Final = term
        self.order_by: Final = order_by
        self.limit: Final = limit


@final
class OperatorChain:
    """Two or more terms with the operators between them; it grows from left to right."""

    def __init__(self, first: CompoundTerm) -> None:
        self.terms: Final[list[CompoundTerm]] = [first]
        self.operators: Final[list[str]] = []
        self.starts: Final[list[int]] = []


@final
class LimitClause:
    """LIMIT and OFFSET."""

    def __init__(self, limit: ast.Expression, offset: ast.Expression | None) -> None:
        self.limit: Final = limit
        self.offset: Final = offset


@final
class Sources:
    """A FROM clause and how many terms it has."""

    def __init__(self, source: ast.Source, count: int) -> None:
        self.source: Final = source
        self.count: Final = count


@final
class SourcesPrefix:
    """What stands to the left of a source: the sources so far, and the join operator."""

    def __init__(self, sources: Sources, kind: str, natural: bool) -> None:
        self.sources: Final = sources
        self.kind: Final = kind
        self.natural: Final = natural


@final
class JoinWords:
    """A join operator."""

    def __init__(self, kind: str, natural: bool) -> None:
        self.kind: Final = kind
        self.natural: Final = natural


@final
class JoinCondition:
    """ON or USING."""

    def __init__(self, on: ast.Expression | None, using: tuple[ast.Name, ...]) -> None:
        self.on: Final = on
        self.using: Final = using


@final
class IndexChoice:
    """INDEXED BY name; NOT INDEXED where there is no name."""

    def __init__(self, name: ast.Name | None) -> None:
        self.name: Final = name


@final
class FilterOver:
    """FILTER and OVER after a call."""

    def __init__(self, filter_: ast.Expression | None, over: ast.Over | None) -> None:
        self.filter: Final = filter_
        self.over: Final = over


@final
class Arguments:
    """Arguments in parentheses after a table's name in IN."""

    def __init__(self, items: tuple[ast.Expression, ...]) -> None:
        self.items: Final = items


@final
class Target:
    """The table that a statement changes."""

    def __init__(self, name: ast.QualifiedName, alias: ast.Name | None) -> None:
        self.name: Final = name
        self.alias: Final = alias


@final
class WhereReturning:
    """WHERE and RETURNING."""

    def __init__(self, where: ast.Expression | None, returning: tuple[ast.ResultColumn, ...]) -> None:
        self.where: Final = where
        self.returning: Final = returning


@final
class Upserts:
    """The ON CONFLICT clauses of an INSERT, the last one first, and its RETURNING."""

    def __init__(self, returning: tuple[ast.ResultColumn, ...]) -> None:
        self.clauses: Final[list[ast.Upsert]] = []
        self.returning: Final = returning


@final
class TableHead:
    """CREATE TEMP TABLE IF NOT EXISTS name."""

    def __init__(self, temporary: bool, if_not_exists: bool, name: ast.QualifiedName) -> None:
        self.temporary: Final = temporary
        self.if_not_exists: Final = if_not_exists
        self.name: Final = name


@final
class TriggerEvent:
    """What fires a trigger."""

    def __init__(self, event: str, columns: tuple[ast.Name, ...]) -> None:
        self.event: Final = event
        self.columns: Final = columns


@final
class TriggerHead:
    """CREATE TRIGGER up to BEGIN."""

    def __init__(
        self,
        temporary: bool,
        if_not_exists: bool,
        name: ast.QualifiedName,
        time: str,
        event: TriggerEvent,
        table: ast.QualifiedName,
        for_each_row: bool,
        when: ast.Expression | None,
    ) -> None:
        self.temporary: Final = temporary
        self.if_not_exists: Final = if_not_exists
        self.name: Final = name
        self.time: Final = time
        self.event: Final = event
        self.table: Final = table
        self.for_each_row: Final = for_each_row
        self.when: Final = when


@final
class ConstraintName:
    """CONSTRAINT name: it belongs to the constraint that follows."""

    def __init__(self, name: ast.Name, start: int) -> None:
        self.name: Final = name
        self.start: Final = start


@final
class ReferenceArgument:
    """ON DELETE or ON UPDATE with its action, or MATCH with a name."""

    def __init__(self, event: str, action: str, match: ast.Name | None) -> None:
        self.event: Final = event
        self.action: Final = action
        self.match: Final = match


@final
class Deferral:
    """[NOT] DEFERRABLE [INITIALLY …]."""

    def __init__(self, deferrable: str, initially: str) -> None:
        self.deferrable: Final = deferrable
        self.initially: Final = initially
