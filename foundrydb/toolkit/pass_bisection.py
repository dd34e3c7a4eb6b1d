"""Which optimizer pass made this plan, or this answer.

Any plan runs, and gives the same answer (``plan/optimizer``).  So a statement can be compiled without some of the
passes, and what comes out beside what comes out with all of them.  Two questions are answered so:

* *depends on*: which passes, left out alone, change the plan or the answer;
* *first*: the passes run in an order, so with the first of them only, then the first two, and so on, there is one with
  which an outcome comes to be for the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from foundrydb.api.connection import Connection
from foundrydb.compiler.plan.dump import dump_text
from foundrydb.compiler.plan.nodes import Aggregate, Node
from foundrydb.compiler.plan.optimizer import PASSES
from foundrydb.compiler.plan.walk import all_nodes
from foundrydb.errors import ProgrammingError
from foundrydb.toolkit import stages
from foundrydb.toolkit.analysis import reads_only
from foundrydb.toolkit.right_answers import RightAnswers, Row, is_open_within, row_key

FORMULAS: Final = "formulas"
"""The fast ways of code generation, which can be left out like a pass, and come after all of them."""

NAMES: Final = (*[each.name for each in PASSES], FORMULAS)
"""What can be left out, in the order in which it comes to work."""

SAME: Final = "the same"
OTHER_ORDER: Final = "in another order"
TIED: Final = "other rows of a tie"
OPEN: Final = "other values that SQL leaves open"
WRONG_ORDER: Final = "in a wrong order"
OTHER_ROWS: Final = "other rows"
WRONG: Final = frozenset([OTHER_ROWS, WRONG_ORDER])
"""How no two answers to one statement are to each other, if they are right."""


@contextmanager
def passes_left_out(connection: Connection, names: frozenset[str]) -> Iterator[None]:
    """Compile statements without some passes meanwhile.

    Raises:
        ProgrammingError: there is no pass of a name.
    """
    unknown = names - set(NAMES)
    if unknown:
        raise ProgrammingError(f"no such pass: {min(unknown)}")
    preparer = connection.engine.preparer
    others = preparer.without
    preparer.without = names
    preparer.clear()
    try:
        yield
    finally:
        preparer.without = others
        preparer.clear()


def first_with(names: Sequence[str], holds: Callable[[frozenset[str]], bool]) -> str | None:
    """The first name with which something comes to hold.

    Args:
        names: in order.
        holds: called with the names that are left out: at first all, then one less each time.

    Returns:
        None where it never holds, "" where it holds without any.
    """
    for count in range(len(names) + 1):
        if holds(frozenset(names[count:])):
            return names[count - 1] if count else ""
    return None


def left_out_after(name: str) -> frozenset[str]:
    """The passes that come after one; all of them for ""."""
    return frozenset(NAMES[NAMES.index(name) + 1 :] if name else NAMES)


def pass_before(name: str) -> str:
    """The pass before one, "" for the first."""
    at = NAMES.index(name)
    return NAMES[at - 1] if at else ""


@dataclass(frozen=True)
class PassEffect:
    """What becomes of a statement if one pass is left out.

    Attributes:
        name: the pass's.
        plan: the plan without it; ``same_plan`` whether that says what the one with all passes does.
        answer: how the answer without it is to that with all passes (SAME, OTHER_ROWS, …), "" where that was not
            asked.
    """

    name: str
    plan: Node
    same_plan: bool
    answer: str


class PassBisection:
    """One statement, compiled and run with and without passes.

    Args:
        connection: whose schema counts, and whose rows.
        sql: one statement.

    Attributes:
        trace: the names of the passes that changed the plan.
        plan: the plan with all passes.
        reads_only: the statement changes nothing.
        has_parameters: it has parameters, for which there are no values.

    Raises:
        Error: it is wrong, with its place in ``offset``.
        ProgrammingError: it has no plan.
    """

    def __init__(self, connection: Connection, sql: str) -> None:
        self._connection: Final = connection
        self._sql: Final = sql
        self._plans: Final[dict[frozenset[str], Node]] = {}
        self._answers: Final[dict[str, list[Row]]] = {}
        compilation = stages.compile(sql, connection)
        if compilation.plan is None:
            raise ProgrammingError("the statement has no plan: it works on no rows")
        self.trace: Final = [name for name, _ in compilation.plans[1:]]
        self.plan: Final = compilation.plan
        self.reads_only: Final = reads_only(compilation)
        self.has_parameters: Final = len(compilation.program.parameters) > 1
        self._statement: Final = compilation.planned
        names = [column.name for column in compilation.program.columns]
        self._right: Final = RightAnswers(connection, compilation.planned, names)
        self._open: Final = _has_open_columns(compilation.plan)

    def planned(self, without: frozenset[str]) -> Node:
        """The plan without some passes."""
        if without not in self._plans:
            with passes_left_out(self._connection, without):
                plan = stages.compile(self._sql, self._connection).plan
            assert plan is not None
            self._plans[without] = plan
        return self._plans[without]

    def planned_to(self, name: str) -> Node:
        """The plan with one pass and all before it; with none for ""."""
        return self.planned(left_out_after(name))

    def answer(self, without: frozenset[str]) -> list[Row]:
        """The rows without some passes; the same plan is not run twice.

        Raises:
            ProgrammingError: the statement writes.
        """
        if not self.reads_only:
            raise ProgrammingError("answers are compared of statements that only read")
        key = f"{FORMULAS in without} {dump_text(self.planned(without), False)}"
        if key not in self._answers:
            self._answers[key] = self._run(without)
        return self._answers[key]

    def _run(self, without: frozenset[str]) -> list[Row]:
        with passes_left_out(self._connection, without):
            return list(self._connection.execute(self._sql).fetchall())

    def is_steady(self) -> bool:
        """Whether two runs with all passes answer the same: a statement may ask for random numbers, or the time."""
        return self._run(frozenset()) == self.answer(frozenset())

    def effects(self, answers: bool) -> list[PassEffect]:
        """What each pass that changed the plan does; with ``answers`` its part in the answer, too.

        A pass that changed nothing among the others would change nothing by its absence.
        """
        found = []
        own = dump_text(self.plan, False)
        for name in [*self.trace, *([FORMULAS] if answers else [])]:
            without = frozenset([name])
            plan = self.planned(without)
            likeness = self.likeness(self.answer(without), self.answer(frozenset())) if answers else ""
            found.append(PassEffect(name, plan, dump_text(plan, False) == own, likeness))
        return found

    def first_with_plan(self, text: str) -> str | None:
        """The pass that first brings ``text`` into the plan; as ``first_with`` tells it."""
        wanted = text.lower()
        return first_with(NAMES, lambda without: wanted in dump_text(self.planned(without), False).lower())

    def first_not_answering(self, expected: list[Row]) -> str | None:
        """The pass with which the answer first is not what was expected; as ``first_with`` tells it.

        The order of rows counts where the statement has an ORDER BY; rows of a tie may stand for one another.
        """
        return first_with(NAMES, lambda without: self.likeness(self.answer(without), expected) in WRONG)

    def likeness(self, some: list[Row], others: list[Row]) -> str:
        """How two answers to the statement are to each other.

        Returns:
            SAME, OTHER_ORDER, TIED, OPEN, WRONG_ORDER or OTHER_ROWS; where it is not known what is right, not one of
            those that are ``WRONG``.
        """
        found = compared(some, others)
        if found == SAME or (found == OTHER_ORDER and not self._right.ordered):
            return found
        with passes_left_out(self._connection, frozenset(NAMES)):
            right = [self._right.allow(rows) for rows in (some, others)]
        if found == OTHER_ORDER:
            return WRONG_ORDER if False in right else found
        if all(right):
            return TIED
        unknown = None in right or self._open or is_open_within(self._statement, [*some, *others])
        return OPEN if unknown else OTHER_ROWS


def compared(some: list[Row], others: list[Row]) -> str:
    """How two answers are to each other: SAME, OTHER_ORDER or OTHER_ROWS."""
    ones, twos = [row_key(row) for row in some], [row_key(row) for row in others]
    if ones == twos:
        return SAME
    return OTHER_ORDER if sorted(ones) == sorted(twos) else OTHER_ROWS


def _has_open_columns(plan: Node) -> bool:
    """Whether a group shows columns that it is not made by, of any of its rows."""
    return any(isinstance(node, Aggregate) and node.bare for node in all_nodes(plan))
