"""The program of a trigger: how it is run, how it reads the row that it is run for, and RAISE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import ROWID
from foundrydb.compiler.codegen.coder import Coder, Consumer, Location, TriggerCode
from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.expressions.values import range_of, value
from foundrydb.compiler.codegen.opening import open_plan
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.usage import collect, output_columns
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.schema.affinity import REAL
from foundrydb.vm.ops.control import Goto
from foundrydb.vm.ops.rows import RealAffinity
from foundrydb.vm.ops.subroutines import Param, Program, Raise, RaiseIgnore, ResetCount

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr, Source

# A row that a program is run for is one of so many registers: the rowid and the columns of ``old``, then of ``new``.


@final
class RowTriggerCode(TriggerCode):
    """The program of a trigger among those of a statement.

    Attributes:
        number: among the statement's programs.
        trigger: the number of the trigger, which those of its programs share that go by different OR clauses.
        alone: it is not run while one of these runs already: PRAGMA recursive_triggers is off.
        coder: what has made it; None as long as it is being made.
        old: the row as it was, in ``coder``.
        plans: those of its statements.
    """

    def __init__(self, number: int, trigger: int, alone: bool) -> None:
        self.number: Final = number
        self.trigger: Final = trigger
        self.alone: Final = alone
        self.coder: Coder | None = None
        self.old: Source | None = None
        self.plans: Final[list[nodes.Node]] = []

    def old_columns(self, count: int) -> list[int]:
        if self.coder is None or self.old is None:
            return [ROWID, *range(count)]  # it sets itself off: what it reads is not known yet
        return sorted(self.coder.used.get(self.old, {}))

    def fire(
        self, coder: Coder, count: int, old: Location | None, new: Location | None, ignored: int
    ) -> None:
        row: list[int] = []
        for location in (old, new):
            for column in [ROWID, *range(count)]:
                row.append(0 if location is None else location.register(coder, column))
        coder.emit(Program(self.number, ignored, self.trigger, tuple(row), self.alone))


@final
class ParamColumns(Location):
    """The columns of the row that a program is run for.  first: the place of the rowid, before the first column's."""

    def __init__(self, first: int, source: Source) -> None:
        self.first: Final = first
        self.source: Final = source

    def read(self, coder: Coder, index: int, dest: int) -> None:
        name = "rowid" if index == ROWID else self.source.columns[index].name
        place = self.first if index == ROWID else self.first + 1 + index
        coder.emit(Param(place, dest), f"{self.source.name}.{name}")
        table = self.source.table
        if index != ROWID and table is not None and table.root_page == 0:
            if table.columns[index].affinity == REAL:
                coder.emit(RealAffinity(dest))  # a view's row is not converted before

    def set_null(self, coder: Coder) -> None:
        raise AssertionError("the row that a program is run for is there")

    def nullable(self) -> bool:
        return False


def code_condition(coder: Coder, plan: nodes.Output, end: int) -> None:
    """Emit the jump to ``end`` unless a query has a row: that of the trigger's WHEN."""
    begin = coder.label()
    collect(coder, plan)
    open_plan(coder, plan)
    produce(coder, plan.child, Deciding(begin))
    coder.emit(Goto(end))
    coder.place(begin)


def code_step(coder: Coder, plan: nodes.Node) -> None:
    """Emit the code of a statement of the program."""
    coder.begin_statement()
    if isinstance(plan, nodes.Output):
        collect(coder, plan)
        open_plan(coder, plan)
        produce(coder, plan.child, Discarding(output_columns(plan.child, len(plan.columns))))
    else:
        ROOTS.of(plan)(coder, plan)
        coder.emit(ResetCount())


@final
class Discarding(Consumer):
    """A row of a SELECT within a trigger: its values are computed, and nobody gets them."""

    def __init__(self, exprs: list[Expr]) -> None:
        self.exprs: Final = exprs

    def row(self, coder: Coder, next: int) -> None:
        range_of(coder, self.exprs)


@final
class Deciding(Consumer):
    """A row that says that the condition holds.  begin: the label of the program's statements."""

    def __init__(self, begin: int) -> None:
        self.begin: Final = begin

    def row(self, coder: Coder, next: int) -> None:
        coder.emit(Goto(self.begin))


def code_raise(coder: Coder, action: str, args: list[Expr]) -> None:
    """Emit RAISE."""
    if action == "IGNORE":
        coder.emit(RaiseIgnore())
    else:
        coder.emit(Raise(action.lower(), value(coder, args[0])))
