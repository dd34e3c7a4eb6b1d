"""Which index would help a query: candidates are made in a copy of the schema, and the planner is asked.

Each of the ``index_candidates`` is tried by itself in one of the ``index_workshops``; the best one that makes the plan
cheaper stays, and the others are tried beside it.  Where none helps alone, those of one column are tried together: an
OR takes one for each side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from foundrydb.api.connection import Connection
from foundrydb.compiler.plan.node import Node
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import written_name
from foundrydb.errors import ProgrammingError
from foundrydb.toolkit import stages
from foundrydb.toolkit.index_candidates import PossibleIndex, candidates
from foundrydb.toolkit.index_workshops import RehearsedWorkshop, SampledWorkshop, Workshop
from foundrydb.toolkit.plan_facts import facts_of
from foundrydb.toolkit.rehearsal import Rehearsal

GAIN: Final = 0.9
"""An index helps when it makes the plan's cost less than this share of what it was."""

MOST_INDEXES: Final = 3

FEW: Final = 100
"""With fewer rows a table is on a page or two, and no index of it matters."""

WIDTH: Final = 1.2
"""So much better has a plan to be for each further column of an index, which has to be kept up to date."""


@dataclass(frozen=True)
class IndexAdvice:
    """What would help a query.

    Attributes:
        statements: CREATE INDEX, one for each index; empty where none helps.
        before, after: the plans without and with them, by the same statistics.
        reason: why none helps, in words; "" where one does.
    """

    statements: list[str]
    before: Node
    after: Node
    reason: str = ""


def advise(sql: str, connection: Connection) -> IndexAdvice:
    """Say which indexes of the main database would make a statement cheaper.

    Nothing is changed; some rows of the tables that the statement reads are looked at.

    Raises:
        Error: the statement is wrong.
        ProgrammingError: it has no plan, so that no index matters.
    """
    if stages.compile(sql, connection).plan is None:
        raise ProgrammingError("the statement has no plan: it works on no rows")
    return _advice(SampledWorkshop(sql, connection))


def advise_rehearsed(statement: ast.Statement, sql: str, rehearsal: Rehearsal) -> IndexAdvice:
    """Say the same of a statement for a rehearsal, without reading a row.

    Args:
        statement: a query or a change of rows.
        sql: the text that it stands in.
        rehearsal: the schema; it stays as it is.

    Raises:
        Error: the statement is wrong.
    """
    return _advice(RehearsedWorkshop(statement, sql, rehearsal))


def _advice(workshop: Workshop) -> IndexAdvice:
    """What comes of the work, which ends with it."""
    try:
        return _improve(workshop)
    finally:
        workshop.copy.close()


def _improve(workshop: Workshop) -> IndexAdvice:
    """Add the best candidate, and again, as long as that helps."""
    before = after = workshop.plan()
    all_candidates = candidates(workshop.uses, workshop.covering, workshop.is_free)
    taken: list[PossibleIndex] = []
    while len(taken) < MOST_INDEXES:
        best: tuple[float, PossibleIndex, Node] | None = None
        for candidate in all_candidates:
            if candidate in taken:
                continue
            plan = workshop.try_out(candidate)
            rank = plan.cost * WIDTH ** len(candidate.key)
            helps = plan.cost < after.cost * GAIN and candidate.name in facts_of(plan).indexes
            if helps and (best is None or rank < best[0]):
                best = rank, candidate, plan
        if best is None:
            break
        _, chosen, after = best
        taken.append(chosen)
        workshop.make(chosen)
    if not taken:
        taken, after = _together(workshop, all_candidates, before)
    reason = "" if taken else _reason(workshop, all_candidates)
    return IndexAdvice([each.sql() for each in taken], before, after, reason)


def _reason(workshop: Workshop, tried: list[PossibleIndex]) -> str:
    """Why no index helps."""
    if not workshop.uses:
        return "it reads no column of a table in the main database"
    small = [
        f"{written_name(table)} {'is empty' if not size else f'has {size} row' + 's' * (size != 1)}"
        for table, size in workshop.sizes().items()
        if size < FEW
    ]
    if small:
        return f"{', '.join(small)}: reading that whole takes no longer than an index"
    if not tried:
        return "it asks for nothing that an index could find or sort, or there are such indexes already"
    return f"none of {len(tried)} tried makes the plan much cheaper"


def _together(
    workshop: Workshop, all_candidates: list[PossibleIndex], before: Node
) -> tuple[list[PossibleIndex], Node]:
    """The indexes of one column that help together, and the plan with them."""
    singles = [each for each in all_candidates if len(each.key) == 1]
    for candidate in singles:
        workshop.make(candidate)
    plan = workshop.plan()
    used = facts_of(plan).indexes
    if plan.cost >= before.cost * GAIN:
        return [], before
    return [each for each in singles if each.name in used], plan
