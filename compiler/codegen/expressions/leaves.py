"""Values that stand somewhere already: columns, constants, parameters, and what an outer expression has computed."""

from __future__ import annotations

from foundrydb import errors
from foundrydb.compiler.bind.bound import (
    AggregateCall,
    CaseBase,
    Collate,
    ColumnRef,
    Literal,
    Parameter,
    RowValue,
    Shared,
    WindowCall,
)
from foundrydb.compiler.codegen.coder import Coder, load
from foundrydb.compiler.codegen.dispatch import VALUES
from foundrydb.compiler.codegen.expressions.values import (
    shared_value,
    value_into,
)
from foundrydb.vm.ops import registers


@VALUES.entry(Literal)
def _literal(coder: Coder, expr: Literal, dest: int) -> None:
    coder.emit(load(expr.value, dest))


@VALUES.entry(Parameter)
def _parameter(coder: Coder, expr: Parameter, dest: int) -> None:
    coder.emit(registers.Variable(expr.number, dest))


@VALUES.entry(CaseBase)
def _case_base(coder: Coder, expr: CaseBase, dest: int) -> None:
    coder.emit(registers.SCopy(coder.bases[-1], dest))


@VALUES.entry(Shared)
def _shared(coder: Coder, expr: Shared, dest: int) -> None:
    coder.emit(registers.SCopy(shared_value(coder, expr), dest))


@VALUES.entry(Collate)
def _collate(coder: Coder, expr: Collate, dest: int) -> None:
    value_into(coder, expr.operand, dest)


@VALUES.entry(RowValue)
def _row_value(coder: Coder, expr: RowValue, dest: int) -> None:
    raise errors.error("row value misused")


@VALUES.entry(AggregateCall)
def _aggregate(coder: Coder, expr: AggregateCall, dest: int) -> None:
    # It belongs to an enclosing statement that has no rows to aggregate, or not at that place.
    raise errors.error(f"misuse of aggregate: {expr.written}()").at(expr.start, expr.end - expr.start)


@VALUES.entry(WindowCall)
def _window_call(coder: Coder, expr: WindowCall, dest: int) -> None:
    # Planning has put a column in the place of each that may stand where it stands.
    raise errors.error(f"misuse of window function {expr.written}()").at(expr.start, expr.end - expr.start)


@VALUES.entry(ColumnRef)
def _column(coder: Coder, expr: ColumnRef, dest: int) -> None:
    location = coder.locations.get(expr.source)
    assert location is not None, f"{expr.source!r} has no place at this point"
    register = location.register(coder, expr.index)
    if register > 0:
        if register != dest:
            coder.emit(registers.SCopy(register, dest))
    else:
        location.read(coder, expr.index, dest)
