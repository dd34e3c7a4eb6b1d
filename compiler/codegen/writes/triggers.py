"""The program of a trigger: how it is run, how it reads the row that it is run for, and RAISE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import ROWID
from foundrydb.compiler.codegen.coder import Coder, Consumer, Location, TriggerCode
from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.expressions.conditions import jump_if_false
from foundrydb.compiler.codegen.expressions.values import range_of, value
from foundrydb.compiler.codegen.opening import open_plan
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.usage import collect, output_columns, used_columns
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.schema.affinity import REAL
from foundrydb.vm.ops.calls import SetSubtype
from foundrydb.vm.ops.control import Goto
from foundrydb.vm.ops.registers import SCopy
from foundrydb.vm.ops.rows import RealAffinity
from foundrydb.vm.ops.subroutines import Program, Raise, RaiseIgnore, ResetCount

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Expr, Source

# A row that a program is run for is in its first registers: the rowid and the columns of ``old``, then of ``new``, and
# then the numbers of the subtypes that the columns of ``new`` have.


@final
class RowTriggerCode(TriggerCode):
    """The program of a trigger among those of a statement.

    Attributes:
        number: among the statement's programs.
        trigger: the number of the trigger, which those of its programs share that go by different OR clauses.
        alone: it is not run while one of these runs already: PRAGMA recursive_triggers is off.
        coder: what has made it; None as long as it is being made.
        old, new: the row as it was and as it becomes, in ``coder``.
        plans: those of its statements.
    """

    def __init__(self, number: int, trigger: int, alone: bool) -> None:
        self.number: Final = number
        self.trigger: Final = trigger
        self.alone: Final = alone
        self.coder: Coder | None = None
        self.old: Source | None = None
        self.new: Source | None = None
        self.plans: Final[list[nodes.Node]] = []

    def old_columns(self, count: int) -> list[int]:
        return self._columns_read(self.old, count)

    def new_columns(self, count: int) -> list[int]:
        return self._columns_read(self.new, count)

    def _columns_read(self, row: Source | None, count: int) -> list[int]:
        if self.coder is None or row is None:
            return [ROWID, *range(count)]  # it sets itself off: what it reads is not known yet
        return used_columns(self.coder, row)

    def _marked_columns(self, count: int) -> list[int]:
        """The columns of ``new`` whose subtypes are asked for."""
        if self.coder is None or self.new is None:
            return list(range(count))
        new = self.coder.locations[self.new]
        assert isinstance(new, GivenColumns)
        return sorted(new.asked)

    def fire(
        self, coder: Coder, count: int, old: Location | None, new: Location | None, ignored: int
    ) -> None:
        row = [0] * (3 * count + 2)
        if old is not None:
            for column in self.old_columns(count):
                row[column + 1] = old.register(coder, column)
        if new is not None:
            for column in self.new_columns(count):
                row[count + 1 + column + 1] = new.register(coder, column)
            for column in self._marked_columns(count):
                subtype = new.subtype(column)
                row[2 * (count + 1) + column] = subtype if subtype > 0 else coder.constant(0)
        coder.emit(Program(self.number, ignored, self.trigger, tuple(row), self.alone))


@final
class GivenColumns(Location):
    """The columns of the row that a program is run for.

    rowid: the register of its rowid, before those of columns.  subtypes: the first register of the subtypes' numbers, 0
    where there are none.  asked: the columns whose subtypes are asked for.
    """

    def __init__(self, rowid: int, source: Source, subtypes: int = 0) -> None:
        self.rowid: Final = rowid
        self.source: Final = source
        self.subtypes: Final = subtypes
        self.asked: Final[set[int]] = set()

    def read(self, coder: Coder, index: int, dest: int) -> None:
        name = "rowid" if index == ROWID else self.source.columns[index].name
        coder.emit(SCopy(self.rowid + 1 + index, dest), f"{self.source.name}.{name}")
        if self._is_raw(index):
            coder.emit(RealAffinity(dest))

    def read_marked(self, coder: Coder, index: int, dest: int) -> None:
        self.read(coder, index, dest)
        if self.subtypes > 0:
            self.asked.add(index)
            coder.emit(SetSubtype(self.subtypes + index, dest))

    def register(self, coder: Coder, index: int) -> int:
        return 0 if self._is_raw(index) else self.rowid + 1 + index

    def _is_raw(self, index: int) -> bool:
        """Whether a value is still to become a real: a view's row is not converted before."""
        table = self.source.table
        if index == ROWID or table is None or table.root_page != 0:
            return False
        return table.columns[index].affinity == REAL

    def set_null(self, coder: Coder) -> None:
        raise AssertionError("the row that a program is run for is there")

    def nullable(self) -> bool:
        return False


def given_row(coder: Coder, old: Source, new: Source) -> None:
    """Take the first registers of a program for the row that it is run for."""
    width = 1 + len(old.columns)
    coder.locations[old] = GivenColumns(coder.registers(width), old)
    row = coder.registers(width)
    coder.locations[new] = GivenColumns(row, new, coder.registers(len(new.columns)))
    coder.builder.arguments = 2 * width + len(new.columns)


def code_condition(coder: Coder, plan: nodes.Output, end: int) -> None:
    """Emit the jump to ``end`` unless a query has a row: that of the trigger's WHEN."""
    collect(coder, plan)
    open_plan(coder, plan)
    below = plan.child
    while isinstance(below, nodes.Project):
        below = below.child
    if isinstance(below, nodes.Filter) and isinstance(below.child, nodes.SingleRow):
        jump_if_false(coder, below.predicate, end, True)
        return
    begin = coder.label()
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
