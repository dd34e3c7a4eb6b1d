"""IN: membership in a list or in a subquery's rows.

The members are put into an ephemeral index, once where they do not depend on an enclosing row, and looked up there;
those that a table's own B-tree has in order are looked up in that.  A short list, or one with members that vary, is
compared one by one.  NULLs follow
https://sqlite.org/lang_expr.html#in_op: false for an empty right side; true when found; else NULL when the left side
or a member is NULL; else false.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    BLOB,
    NONE,
    ColumnRef,
    Compare,
    Expr,
    InList,
    InQuery,
    Literal,
    Parameter,
    RowValue,
    Source,
)
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import JUMPS, VALUES
from foundrydb.compiler.codegen.expressions.comparisons import compare_jump, row_registers
from foundrydb.compiler.codegen.expressions.formulas import find_formula, general_end, list_formula
from foundrydb.compiler.codegen.expressions.subqueries import begin_once, end_once, plan_of, produce_query
from foundrydb.compiler.codegen.expressions.values import (
    PLAIN,
    constancy,
    evaluate,
    holds_affinity,
    value,
    value_into,
    values_into,
)
from foundrydb.compiler.codegen.opening import leaf_cursors
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.costs.members import tree_of_members
from foundrydb.compiler.plan.walk import output_source
from foundrydb.vm.ops import control, cursors, ephemeral, registers, rows, seek

SHORT: Final = 3
"""Lists of up to so many members are compared one by one."""


@final
class MemberRows(Consumer):
    """Adds a query's rows to the ephemeral index of members.

    has_null: a register that becomes 1 when a row with a NULL is met.
    """

    def __init__(self, source: Source, cursor: int, affinities: str, has_null: int) -> None:
        self.source: Final = source
        self.cursor: Final = cursor
        self.affinities: Final = affinities
        self.has_null: Final = has_null

    def row(self, coder: Coder, next: int) -> None:
        count = len(self.affinities)
        first = coder.registers(count)
        exprs: list[Expr] = [ColumnRef(self.source, i) for i in range(count)]
        values_into(coder, exprs, first)
        if self.has_null > 0:
            for i in range(count):
                known = coder.label()
                coder.emit(control.NotNull(first + i, known))
                coder.emit(registers.Integer(1, self.has_null))
                coder.place(known)
        record = coder.register()
        coder.emit(rows.MakeRecord(first, count, record, self.affinities))
        coder.emit(rows.IdxInsert(self.cursor, record))


@final
class Members:
    """The members in an ephemeral index.

    has_null: a register that is 1 when a member is NULL, or 0.  affinities: a letter for each column.
    """

    def __init__(self, cursor: int, has_null: int, affinities: str, collations: list[str]) -> None:
        self.cursor: Final = cursor
        self.has_null: Final = has_null
        self.affinities: Final = affinities
        self.collations: Final = collations


def letters(comparisons: list[str]) -> str:
    """An affinity string of comparisons' affinities."""
    return "".join(BLOB if letter == NONE else letter for letter in comparisons)


def convert(coder: Coder, exprs: list[Expr], first: int, affinities: str) -> None:
    """Emit the conversion of values in registers to affinities, where they do not have them already."""
    needed = [BLOB if holds_affinity(expr, letter) else letter for expr, letter in zip(exprs, affinities)]
    if any(letter != BLOB for letter in needed):
        coder.emit(rows.Affinity(first, len(needed), "".join(needed)))


def query_members(coder: Coder, expr: InQuery) -> Members:
    """Emit code that puts the query's rows into an ephemeral index."""
    affinities = letters(expr.comparisons)
    members = Members(coder.cursor(), coder.register(), affinities, expr.sequences)
    once = begin_once(coder, expr.query)
    coder.emit(ephemeral.OpenEphemeral(members.cursor, len(affinities), coder.key_info(expr.sequences), "IN"))
    coder.emit(registers.Integer(0, members.has_null))
    plan = plan_of(expr.query)
    produce_query(coder, plan, MemberRows(output_source(plan), members.cursor, affinities, members.has_null))
    end_once(coder, once)
    return members


def list_members(coder: Coder, items: list[Expr], comparison: str, sequence: str) -> Members:
    """Emit code that puts the values of a list into an ephemeral index."""
    affinity = letters([comparison])
    members = Members(coder.cursor(), coder.register(), affinity, [sequence])
    constant = all(constancy(item) == PLAIN for item in items)
    once = coder.label()
    if constant and coder.repeats > 0:
        coder.emit(control.Once(once))
    coder.emit(ephemeral.OpenEphemeral(members.cursor, 1, coder.key_info([sequence]), "IN"))
    coder.emit(registers.Integer(0, members.has_null))
    literals = [item.value for item in items if isinstance(item, Literal)]
    if literals:
        coder.emit(ephemeral.AddMembers(members.cursor, members.has_null, tuple(literals), affinity))
    parameters = [item.number for item in items if isinstance(item, Parameter)]
    if parameters:
        added = ephemeral.AddParameters(members.cursor, members.has_null, tuple(parameters), affinity)
        coder.emit(added, _literals_among(coder, parameters))
    for item in items:
        if not isinstance(item, (Literal, Parameter)):
            _add_computed(coder, item, members)
    coder.place(once)
    return members


def _literals_among(coder: Coder, parameters: list[int]) -> str:
    """Which literals the statement had in the place of parameters; "" for none."""
    texts = [coder.settings.literals[number] for number in parameters if number in coder.settings.literals]
    return f"literals {', '.join(texts[:3])}{', …' if len(texts) > 3 else ''}" if texts else ""


def _add_computed(coder: Coder, item: Expr, members: Members) -> None:
    held = coder.register()
    if constancy(item) == PLAIN:
        evaluate(coder, item, held)
    else:
        value_into(coder, item, held)
    coder.emit(ephemeral.AddMember(members.cursor, members.has_null, held, members.affinities))


@VALUES.entry(InList, InQuery)
def membership_into(coder: Coder, expr: InList | InQuery, dest: int) -> None:
    """Emit code for the value of IN: 1, 0 or NULL."""
    found = coder.label()
    unknown = coder.label()
    end = coder.label()
    test(coder, expr, found, unknown)
    coder.emit(registers.Integer(1 if expr.negated else 0, dest))
    coder.emit(control.Goto(end))
    coder.place(found)
    coder.emit(registers.Integer(0 if expr.negated else 1, dest))
    coder.emit(control.Goto(end))
    coder.place(unknown)
    coder.emit(registers.Null(dest))
    coder.place(end)


@JUMPS.entry(InList, InQuery)
def membership_jump(coder: Coder, expr: InList | InQuery, target: int, when: bool, null: bool) -> None:
    """Emit code that goes to ``target`` if IN's truth is ``when``, and with ``null`` if it is NULL."""
    around = coder.label()
    member = when != expr.negated
    # Often it does not matter whether the value is unknown or no member.
    test(coder, expr, target if member else around, target if null else around, null != member)
    if not member:
        coder.emit(control.Goto(target))
    coder.place(around)


def test(coder: Coder, expr: InList | InQuery, found: int, unknown: int, either: bool = False) -> None:
    """Emit the test: it goes to ``found`` or ``unknown``, and carries on where the left side is no member.

    With ``either`` it may go to ``unknown`` in that case as well.
    """
    if isinstance(expr, InList):
        if not expr.items:
            return
        if isinstance(expr.operand, RowValue) or len(expr.items) <= SHORT or not _constant(expr.items):
            done = list_formula(coder, expr, found)
            _chain(coder, expr, found, unknown)
            general_end(coder, done)
            return
        done = list_formula(coder, expr, found)
        members = list_members(coder, expr.items, expr.comparison, expr.sequence)
    else:
        tree = tree_of_members(expr)
        if tree is not None:
            _look_up_in_tree(coder, expr, tree, found, unknown, either)
            return
        done = 0
        members = query_members(coder, expr)
    absent = unknown if either else coder.label()
    found_fast = find_formula(coder, expr.operand, members.affinities, members.cursor, found, absent)
    first = _converted(coder, members, row_registers(coder, expr.operand))
    if either:
        coder.emit(control.AnyNull(first, unknown, len(members.affinities)))
        coder.emit(seek.Found(members.cursor, found, first, len(members.affinities)))
    else:
        _look_up(coder, members, first, found, unknown, absent)
    general_end(coder, found_fast)
    general_end(coder, done)


def _look_up_in_tree(
    coder: Coder, expr: InQuery, tree: nodes.Scan | nodes.IndexScan, found: int, unknown: int, either: bool
) -> None:
    """Emit the test for members that are rowids of a table, or what an index begins with."""
    table_cursor, index_cursor = leaf_cursors(coder, tree)
    cursor = table_cursor if index_cursor < 0 else index_cursor
    absent = coder.label()
    null = coder.label()
    operand = coder.register()
    coder.emit(registers.SCopy(row_registers(coder, expr.operand)[0], operand))
    coder.emit(rows.Affinity(operand, 1, letters(expr.comparisons[:1])))
    coder.emit(control.IsNull(operand, null))
    if isinstance(tree, nodes.Scan):
        coder.emit(seek.SeekRowid(cursor, absent, operand))
        coder.emit(control.Goto(found))
    else:
        coder.emit(seek.Found(cursor, found, operand, 1))
        if not either:
            _go_if_null(coder, cursor, unknown, absent, tree.index.columns[0].descending)
        coder.emit(control.Goto(absent))
    coder.place(null)
    coder.emit(cursors.Rewind(cursor, absent))
    coder.emit(control.Goto(unknown))
    coder.place(absent)


def _go_if_null(coder: Coder, cursor: int, unknown: int, absent: int, descending: bool) -> None:
    """Emit the jump to ``unknown`` where an index holds a NULL, which is its smallest key."""
    if descending:
        coder.emit(cursors.Last(cursor, absent))
    else:
        coder.emit(cursors.Rewind(cursor, absent))
    held = coder.register()
    coder.emit(rows.Column(cursor, 0, held))
    coder.emit(control.IsNull(held, unknown))


def _constant(items: list[Expr]) -> bool:
    return all(constancy(item) == PLAIN for item in items)


def _chain(coder: Coder, expr: InList, found: int, unknown: int) -> None:
    """Compare with one member after the other; a NULL comparison is remembered."""
    if isinstance(expr.operand, RowValue):
        _row_chain(coder, expr, found, unknown)
        return
    collation = coder.comparison_collation(expr.sequence)
    operand = value(coder, expr.operand)
    maybe = 0
    for item in expr.items:
        register = value(coder, item)
        if maybe == 0:
            maybe = coder.register()
            coder.emit(registers.Integer(0, maybe))
        compare_jump(coder, "=", operand, register, found, expr.comparison, collation, False)
        known = coder.label()
        coder.emit(control.NotNull(register, known))
        coder.emit(registers.Integer(1, maybe))
        coder.place(known)
    coder.emit(control.IsNull(operand, unknown))
    coder.emit(control.If(maybe, unknown))


def _row_chain(coder: Coder, expr: InList, found: int, unknown: int) -> None:
    maybe = coder.register()
    coder.emit(registers.Integer(0, maybe))
    for item in expr.items:
        held = coder.register()
        equal = Compare("=", expr.operand, item, expr.comparison, expr.sequence)
        value_into(coder, equal, held)
        coder.emit(control.If(held, found))
        known = coder.label()
        coder.emit(control.NotNull(held, known))
        coder.emit(registers.Integer(1, maybe))
        coder.place(known)
    coder.emit(control.If(maybe, unknown))


def _converted(coder: Coder, members: Members, left: list[int]) -> int:
    """Emit copies of the values in registers, with the members' affinities; returns the first one's register."""
    first = coder.registers(len(left))
    for i, register in enumerate(left):
        coder.emit(registers.SCopy(register, first + i))
    coder.emit(rows.Affinity(first, len(left), members.affinities))
    return first


def _look_up(coder: Coder, members: Members, first: int, found: int, unknown: int, fast_absent: int) -> None:
    """Look values in registers up; ``fast_absent`` is where a single one goes on that is not NULL and not there."""
    count = len(members.affinities)
    absent = coder.label()
    if count == 1:
        null = coder.label()
        coder.emit(control.IsNull(first, null))
        coder.emit(seek.Found(members.cursor, found, first, 1))
        coder.place(fast_absent)
        coder.emit(control.If(members.has_null, unknown))
        coder.emit(control.Goto(absent))
        coder.place(null)
        coder.emit(cursors.Rewind(members.cursor, absent))
        coder.emit(control.Goto(unknown))
    else:
        scan = coder.label()
        coder.emit(control.AnyNull(first, scan, count))
        coder.emit(seek.Found(members.cursor, found, first, count))
        coder.emit(control.IfNot(members.has_null, absent))
        coder.place(scan)
        _scan_members(coder, members, first, unknown, absent)
    coder.place(absent)


def _scan_members(coder: Coder, members: Members, first: int, unknown: int, absent: int) -> None:
    """Look for a row that may be equal: one without a column that certainly differs."""
    held = coder.register()
    coder.emit(cursors.Rewind(members.cursor, absent))
    loop = coder.here()
    following = coder.label()
    for i in range(len(members.affinities)):
        coder.emit(rows.Column(members.cursor, i, held))
        collation = coder.comparison_collation(members.collations[i])
        compare_jump(coder, "<>", first + i, held, following, "", collation, False)
    coder.emit(control.Goto(unknown))
    coder.place(following)
    coder.emit(cursors.Next(members.cursor, loop))
