"""INSERT and REPLACE, with upsert and RETURNING."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import REAL, ROWID, ColumnRef, Expr, Literal
from foundrydb.compiler.bind.properties import has_subquery
from foundrydb.compiler.bind.writes.events import insert_replaces
from foundrydb.compiler.bind.writes.kept_subtypes import kept
from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.expressions.conditions import jump_if_false
from foundrydb.compiler.codegen.expressions.locations import TableColumns, table_columns
from foundrydb.compiler.codegen.expressions.values import resolve, value_into, values_into
from foundrydb.compiler.codegen.opening import open_expression, open_plan
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.usage import collect, collect_expressions
from foundrydb.compiler.codegen.writes import sequences
from foundrydb.compiler.codegen.writes.constraints import check_checks, check_not_null
from foundrydb.compiler.codegen.writes.events import Followers, RowEvent
from foundrydb.compiler.codegen.writes.new_row import NewRow, changed_columns, taken_subtypes
from foundrydb.compiler.codegen.writes.returning import Returning
from foundrydb.compiler.codegen.writes.uniqueness import (
    ROWID_CONSTRAINT,
    OnConflict,
    check_unique,
    shows_first,
)
from foundrydb.compiler.codegen.writes.writer import Writer
from foundrydb.compiler.late import named
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.walk import is_one_row, nodes_of, output_source
from foundrydb.vm.ops import control, cursors, registers, rows

if TYPE_CHECKING:
    from foundrydb.compiler.codegen.writes.change_row import RowChange
    from foundrydb.compiler.codegen.writes.copying import CopiedRecord


_PLAIN: Final = (nodes.Project, nodes.Filter, nodes.Scan, nodes.RowidSeek, nodes.IndexScan)
"""What finds rows of one table, none of which is the null row of an outer join."""


@ROOTS.entry(nodes.Insert)
def code_insert(coder: Coder, node: nodes.Insert) -> None:
    """Emit the code of an INSERT statement."""
    coder.builder.counts_changes = True
    collect(coder, node)
    others = _other_expressions(node)
    collect_expressions(coder, others)
    deletes = insert_replaces(node.table, node.conflict, node.upserts, _rowid_place(node) >= 0)
    single = not deletes and _is_single(coder, node)
    writer = Writer(coder, node.table, node.row, node.conflict, node.events, "INSERT", single, deletes)
    coder.builder.statement_journal = not is_one_row(node.child) or _may_fail_half_way(node, writer, single)
    returning = Returning(coder, node.table, node.returning, node.returning_columns)
    writer.open(coder)
    open_plan(coder, node.child)
    for expr in others:
        open_expression(coder, expr)
    returning.open(coder)
    sequence = sequences.sequence_of(coder, node.table)
    if sequence is not None:
        sequence.read(coder)
    coder.repeats += 1
    adding = Adding(coder, node, writer, returning, sequence)
    if node.kept:
        named("produce_kept")(coder, node.child, "INSERT", adding)
    else:
        produce(coder, node.child, adding)
    coder.repeats -= 1
    if sequence is not None:
        if node.events is not None and node.events.triggers:
            sequence.merge(coder)
        sequence.store(coder)
    returning.hand_out(coder)


def _is_single(coder: Coder, node: nodes.Insert) -> bool:
    """Whether the statement inserts one row, and does nothing else that foreign keys have to be counted for.

    No program runs, no row is shown, and none gets another key.
    """
    if node.events is None or not node.events.keys or node.events.triggers or node.returning:
        return False
    if coder.top is not None or not is_one_row(node.child):
        return False
    for upsert in node.upserts:
        changed = changed_columns(node.table, node.row, upsert.sets)
        if upsert.sets and named("has_links")(coder.catalog, node.table, changed):
            return False
    return True


def _rowid_place(node: nodes.Insert) -> int:
    """The child's output column that holds the rowid, -1 for a new one."""
    if node.rowid < 0 and node.table.rowid_alias >= 0:
        return node.columns[node.table.rowid_alias]
    return node.rowid


def _may_fail_half_way(node: nodes.Insert, writer: Writer, single: bool) -> bool:
    """Whether the INSERT of one row can still fail once it has changed something.

    It is written when all of its constraints hold; but what RETURNING shows is computed when it is there, and index
    expressions, or what a STRICT table stores, when a row in its way may have been deleted.  Observers may fail at any
    time, but the foreign keys of a single row, which are looked up before it is written.
    """
    if node.events is not None and not single:
        return True
    if not writer.replaces:
        return bool(node.upserts and node.returning)
    if node.table.strict:
        return True
    computed = [expr for keys in node.row.index_keys for expr in keys] + node.row.index_filters
    return bool(node.returning) or any(expr is not None for expr in computed)


def _other_expressions(node: nodes.Insert) -> list[Expr]:
    """The expressions of the statement that stand outside of its plan's nodes."""
    exprs = list(node.returning)
    exprs.extend(row_expressions(node.row))
    for upsert in node.upserts:
        exprs.extend([expr for _, expr in upsert.sets])
        if upsert.where is not None:
            exprs.append(upsert.where)
    return exprs


def row_expressions(row: nodes.RowExpressions) -> list[Expr]:
    """Every expression of a table's own."""
    exprs = [expr for expr in row.defaults + row.generated + row.index_filters if expr is not None]
    exprs.extend([predicate for _, predicate in row.checks])
    for keys in row.index_keys:
        exprs.extend([expr for expr in keys if expr is not None])
    return exprs


@final
class Adding(Consumer):
    """One row to insert."""

    def __init__(
        self,
        coder: Coder,
        node: nodes.Insert,
        writer: Writer,
        returning: Returning,
        sequence: sequences.RowidSequence | None,
    ) -> None:
        self.node: Final = node
        self.writer: Final = writer
        self.returning: Final = returning
        self.sequence: Final = sequence
        alone = isinstance(node.child, nodes.SingleRow)
        self.source: Final = node.row.source if alone else output_source(node.child)
        told = bool(node.returning or node.upserts) or writer.insertion.shows()
        self.new: Final = NewRow(coder, node.table, node.row, told)
        self.keeps: Final = self._is_empty(coder) if node.if_empty else 0
        # What is shown before: another row where there are generated columns, which may change until it is written.
        computes = any([expr is not None for expr in node.row.generated])
        self.handler: Final = Upserting(node, writer, self.new, returning) if node.upserts else OnConflict()
        # As in SQLite a row that is refused for its rowid is shown as it was given, unless somebody sees it before.
        self.new.given = not computes and not node.row.checks and shows_first(writer, self.handler)
        self.announced: Final = (
            NewRow(coder, node.table, node.row, told) if computes or self.new.given else self.new
        )
        self.answer = 0  # the register with the rowid that a subquery gave
        # Rows of which there are several share the constants in their registers.
        several = coder.top is not None or not is_one_row(node.child)
        self._owned: Final = several and not self.new.given and not self._puts_defaults()

    def _puts_defaults(self) -> bool:
        """Whether a value may be replaced: NOT NULL puts a default in the place of NULL."""
        for column, default in zip(self.node.table.columns, self.node.row.defaults):
            if column.not_null and default is not None:
                if self.writer.action(column.not_null_conflict) == "REPLACE":
                    return True
        return False

    def _looked_at(self) -> set[int] | None:
        """The columns of a new row of which somebody sees more than the record; None for any."""
        node = self.node
        row = node.row
        computed = row.generated + row.index_filters + [expr for keys in row.index_keys for expr in keys]
        if node.table.strict or row.checks or any([expr is not None for expr in computed]):
            return None
        if node.returning or node.upserts or self.writer.insertion.before:
            return None
        seen = set(self.writer.insertion.new_columns(len(node.table.columns)))
        for index in node.table.indexes:
            if index.unique:
                seen.update([item.column for item in index.columns])
        return seen

    def row(self, coder: Coder, next: int) -> None:
        node = self.node
        writer = self.writer
        new = self.new
        copied: CopiedRecord | None = None
        if not isinstance(node.child, nodes.SingleRow):
            copied = named("copied_record")(coder, node, self.source)
        if copied is not None:
            self._copy(coder, copied, next)
            return
        self._values(coder)
        announces = len(writer.insertion.before) > 0
        if announces:
            self._announce(coder, self.announced, next)
        given = not node.table.without_rowid and self._rowid(coder)
        new.locate(coder)
        if not new.given and (not announces or self.announced is not new):
            new.convert(coder, self._looked_at())
        new.generate(coder)
        check_not_null(coder, writer, new, next, None)
        check_checks(coder, writer, new, next, None)
        handler = self.handler
        if writer.replaces and not node.table.strict:
            # A record that is too long is refused before the row in its way is deleted.
            record = new.pack(coder, writer.data)
            made = check_unique(coder, writer, new, next, given, None, handler)
        else:
            made = check_unique(coder, writer, new, next, given, None, handler)
            record = new.pack(coder, writer.data) if node.table.without_rowid else 0
        writer.insert_row(coder, new, record, made, self.returning, next)

    def _copy(self, coder: Coder, copied: CopiedRecord, next: int) -> None:
        """Emit the insertion of a row whose record is another's."""
        writer = self.writer
        if _rowid_place(self.node) < 0 and self.sequence is None and not writer.observed:
            # Nobody looks at the row: neither indexes nor triggers nor RETURNING are there, see ``copied_record``.
            table = self.node.table.name
            coder.emit(
                rows.AppendRows(
                    copied.cursor, writer.data, copied.fields, copied.affinity, table, self._takes_all()
                )
            )
            return
        given = self._rowid(coder)
        made = check_unique(coder, writer, self.new, next, given, None, OnConflict())
        record = coder.register()
        coder.emit(rows.CopyRow(copied.cursor, writer.data, record, copied.fields, copied.affinity))
        writer.insert_row(coder, self.new, record, made, self.returning, next)

    def _takes_all(self) -> bool:
        """Whether the rows are all those of one table in the order of their rowids, none of which is kept before."""
        return not self.node.kept and all(
            [
                isinstance(node, nodes.Project) or (isinstance(node, nodes.Scan) and not node.descending)
                for node in nodes_of(self.node.child)
            ]
        )

    def _announce(self, coder: Coder, shown: NewRow, next: int) -> None:
        """Emit what is done before a row is inserted; it has the rowid -1 as long as it has none of its own."""
        if shown.count > 0 and shown is not self.new:
            coder.emit(registers.Copy(self.new.first, shown.first, shown.count))
        place = _rowid_place(self.node)
        rowid = coder.register() if shown.rowid == 0 and place >= 0 else shown.rowid
        if rowid > 0:
            if place < 0:
                coder.emit(registers.Null(rowid))
            else:
                self._given_rowid(coder, place, rowid)
            if place < 0 or not self._is_rowid(coder, place):
                given = coder.label()
                coder.emit(control.NotNull(rowid, given))
                coder.emit(registers.Integer(-1, rowid))
                coder.place(given)
                coder.emit(control.MustBeInt(rowid))
        shown.locate(coder)
        shown.convert(coder)
        shown.generate(coder)
        shown.check_all_types(coder)
        self.writer.insertion.begin(coder, None).before(coder, shown.location(), next)

    def _values(self, coder: Coder) -> None:
        """Emit the values of the stored columns, in the record's order."""
        table = self.node.table
        exprs: list[Expr] = []
        first = self.new.first
        for place, i in enumerate(table.record):
            register = self.new.first + place
            if i == table.rowid_alias or self.node.row.generated[i] is not None:
                values_into(coder, exprs, first, self._owned)
                exprs = []
                first = register + 1
                if i != table.rowid_alias:
                    coder.emit(registers.Null(register))
                continue
            repeated = table.positions[i] != place
            exprs.append(Literal(None) if repeated else self._value(i))
        values_into(coder, exprs, first, self._owned)
        if self.new.shows:
            self._take_subtypes(coder)
            self.announced.subtypes.update(self.new.subtypes)

    def _take_subtypes(self, coder: Coder) -> None:
        """Emit the removal of the values' subtypes; those of rows that were kept first are lost, as in a table."""
        given = {i: self._value(i) for i in self.node.table.record if i != self.node.table.rowid_alias}
        if self.node.kept:
            read = {i: expr for i, expr in given.items() if self.node.columns[i] >= 0}
            taken_subtypes(coder, read, self.new.columns, {})
            given = {i: expr for i, expr in given.items() if i not in read}
        self.new.take_subtypes(coder, given)

    def _value(self, i: int) -> Expr:
        place = self.node.columns[i]
        if place >= 0:
            return ColumnRef(self.source, place)
        default = self.node.row.defaults[i]
        if default is None:
            return Literal(None)
        return kept(default) if self.new.shows else default

    def _is_empty(self, coder: Coder) -> int:
        """Emit whether the table has no row yet; the register that says it."""
        empty = coder.register()
        told = coder.label()
        coder.emit(registers.Integer(1, empty))
        coder.emit(cursors.Rewind(self.writer.data, told))
        coder.emit(registers.Integer(0, empty))
        coder.place(told)
        return empty

    def _given_rowid(self, coder: Coder, place: int, rowid: int) -> None:
        """Emit the rowid that is given, for triggers and again for the row; a subquery is evaluated once."""
        if self.answer > 0:
            coder.emit(registers.Copy(self.answer, rowid))
            return
        value_into(coder, ColumnRef(self.source, place), rowid)
        if has_subquery(resolve(coder, ColumnRef(self.source, place))):
            self.answer = coder.register()
            coder.emit(registers.Copy(rowid, self.answer))

    def _is_rowid(self, coder: Coder, place: int) -> bool:
        """Whether the child's output column is another table's rowid, which is always an integer."""
        if not all([isinstance(node, _PLAIN) for node in nodes_of(self.node.child)]):
            return False
        read = resolve(coder, ColumnRef(self.source, place))
        if not isinstance(read, ColumnRef):
            return False
        location = coder.locations[read.source]
        if not isinstance(location, TableColumns) or location.clustered:
            return False
        return read.index == ROWID or read.index == location.table.rowid_alias

    def _rowid(self, coder: Coder) -> bool:
        """Emit the rowid; whether it may be one that the statement gives."""
        new = self.new
        largest = 0 if self.sequence is None else self.sequence.largest
        place = _rowid_place(self.node)
        if place < 0:
            coder.emit(rows.NewRowid(self.writer.data, new.rowid, largest))
            return False
        given = coder.label()
        done = coder.label()
        self._given_rowid(coder, place, new.rowid)
        if self.keeps > 0:
            coder.emit(control.If(self.keeps, done))
            coder.emit(rows.NewRowid(self.writer.data, new.rowid, largest))
            coder.place(done)
            return False
        if self._is_rowid(coder, place):
            if largest > 0:
                coder.emit(registers.MemMax(largest, new.rowid))
            return True
        coder.emit(control.NotNull(new.rowid, given))
        coder.emit(rows.NewRowid(self.writer.data, new.rowid, largest))
        coder.emit(control.Goto(done))
        coder.place(given)
        coder.emit(control.MustBeInt(new.rowid))
        if largest > 0:
            coder.emit(registers.MemMax(largest, new.rowid))
        coder.place(done)
        return True


# -- upsert -----------------------------------------------------------------------------------------------------------


@final
class Upserting(OnConflict):
    """ON CONFLICT … DO: what is done about a row that is in the way."""

    def __init__(self, node: nodes.Insert, writer: Writer, new: NewRow, returning: Returning) -> None:
        self.node: Final = node
        self.writer: Final = writer
        self.new: Final = new
        self.returning: Final = returning

    def _constraint(self, upsert: nodes.Upsert) -> int:
        if upsert.index is None:
            return ROWID_CONSTRAINT
        indexes = self.writer.table.indexes
        return indexes.index(upsert.index)

    def order(self) -> list[int]:
        """The constraints that clauses name come first, in the order of the clauses."""
        out: list[int] = []
        for upsert in self.node.upserts:
            if not upsert.any and self._constraint(upsert) not in out:
                out.append(self._constraint(upsert))
        return out

    def _clause(self, constraint: int) -> nodes.Upsert | None:
        for upsert in self.node.upserts:
            if upsert.any or self._constraint(upsert) == constraint:
                return upsert
        return None

    def handles(self, constraint: int) -> bool:
        return self._clause(constraint) is not None

    def shows(self, constraint: int) -> bool:
        clause = self._clause(constraint)
        return clause is not None and not clause.nothing

    def handle(self, coder: Coder, constraint: int, next: int) -> None:
        upsert = self._clause(constraint)
        assert upsert is not None
        if upsert.nothing:
            coder.emit(control.Goto(next))
            return
        writer = self.writer
        if constraint == ROWID_CONSTRAINT and self.new.given:
            self._make_reals(coder)
        coder.locations[upsert.excluded] = self.new.location()
        coder.locations[upsert.existing] = table_columns(coder, upsert.existing, writer.data, writer.table)
        if upsert.where is not None:
            jump_if_false(coder, upsert.where, next, True)
        followers = Followers(
            coder,
            writer.table,
            writer.events,
            RowEvent("UPDATE", "ABORT", upsert.names, changed_columns(writer.table, writer.row, upsert.sets)),
        )
        returns = bool(self.node.returning)
        change: RowChange = named("RowChange")(coder, writer.aborting(coder), upsert.sets, followers, returns)
        followers.open(coder)
        change.remember_key(coder)
        change.code(coder, next, self.returning)
        coder.emit(control.Goto(next))
        self.new.locate(coder)

    def _make_reals(self, coder: Coder) -> None:
        """Emit what a row that was not converted is shown with all the same: reals in columns that are REAL."""
        for column, register in zip(self.new.table.columns, self.new.columns):
            if column.affinity == REAL:
                coder.emit(rows.RealAffinity(register))
