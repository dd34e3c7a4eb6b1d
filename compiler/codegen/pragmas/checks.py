"""integrity_check, quick_check and foreign_key_check.

The B-trees are checked by storage, page by page.  What only the schema can tell is checked here, row by row: NOT NULL,
CHECK and types; and, for integrity_check, that every index has just the entries that its table's rows ask for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb import errors
from foundrydb.compiler.bind.binder import bind_table
from foundrydb.compiler.bind.bound import BLOB, NUMERIC, TEXT, ColumnRef, Expr, OutputColumn, Source
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.expressions.conditions import jump_if_false, jump_if_true
from foundrydb.compiler.codegen.expressions.locations import table_columns
from foundrydb.compiler.codegen.expressions.values import values_into
from foundrydb.compiler.codegen.opening import open_index, open_table
from foundrydb.compiler.codegen.pragmas.declaration import Pragma, PragmaCall, leading_integer
from foundrydb.compiler.codegen.pragmas.optimize import OptimizePragma
from foundrydb.compiler.codegen.usage import collect_expressions
from foundrydb.compiler.codegen.writes.constraints import allowed_types
from foundrydb.compiler.codegen.writes.writer import Writer
from foundrydb.compiler.schema.foreign_keys import Link, ParentKey, links_of
from foundrydb.compiler.schema.objects import Table
from foundrydb.storage.format.values import ANY_TYPE, NULL_TYPE, TEXT_TYPE
from foundrydb.vm.ops import arithmetic, compare, control, cursors, registers, rows, seek
from foundrydb.vm.ops.transactions import IntegrityCk

if TYPE_CHECKING:
    from foundrydb.compiler.schema.schema import Schema

DEFAULT_LIMIT: Final = 100
"""How many faults are reported at most."""


@final
class IntegrityCheckPragma(Pragma):
    """integrity_check, and quick_check, which leaves the indexes' entries out.

    The argument is a number of faults to report, or the name of a table to check alone.
    """

    def __init__(self, name: str, quick: bool, doc: str) -> None:
        super().__init__(name, (name,), doc)
        self.quick: Final = quick

    def arguments(self) -> list[str] | None:
        return ["arg", "schema"]

    def code(self, coder: Coder, call: PragmaCall) -> None:
        limit = DEFAULT_LIMIT
        tables: list[Table] | None = None
        if call.argument is not None:
            number = None if call.quoted else _number(call.argument)
            if number is None:
                only = named_table(coder, call)
                tables = [] if only is None else [only]
            elif number > 0:
                limit = number
        report = Report(coder, limit)
        for schema in coder.catalog.schemas:
            if call.qualified and schema is not call.schema:
                continue
            coder.use(schema.number)
            if schema.name == "temp" and not schema.tables:
                continue
            if tables is None or any(table.schema == schema.name for table in tables):
                self._check_schema(coder, schema, tables, report)
        report.finish(coder)

    def _check_schema(self, coder: Coder, schema: Schema, only: list[Table] | None, report: Report) -> None:
        tables = list(schema.tables.values()) if only is None else only
        tables = [table for table in tables if not table.virtual_module and table.root_page > 0]
        roots = [1] if only is None else []
        for table in tables:
            roots.append(table.root_page)
            roots.extend([index.root_page for index in table.indexes if index.root_page != table.root_page])
        faults = coder.register()
        sound = coder.label()
        coder.emit(IntegrityCk(schema.number, faults, report.left, tuple(roots), only is None))
        coder.emit(control.IsNull(faults, sound))
        title = coder.constant(f"*** in database {schema.name} ***\n")
        coder.emit(arithmetic.Concat(title, faults, report.text))
        coder.emit(control.ResultRow(report.text, 1))
        coder.emit(registers.Integer(1, report.found))
        coder.emit(compare.Le(report.left, coder.constant(0), report.done))
        coder.place(sound)
        for table in tables:
            RowChecks(coder, table, self.quick, report).code(coder)


def _number(argument: str) -> int | None:
    """An argument that begins with a number, which has 32 bits."""
    number = leading_integer(argument)
    digits = argument.lstrip("+-").lstrip("0")
    return None if number == 0 and digits[:1].isdecimal() else number


def named_table(coder: Coder, call: PragmaCall) -> Table | None:
    """The table that the argument names; None for what has no rows of its own, a view or a table-valued function.

    Raises:
        OperationalError: there is nothing of that name.
    """
    assert call.argument is not None
    schema = call.schema.name if call.qualified else None
    found = coder.catalog.find_relation(call.argument, schema)
    if found is None and (schema is not None or coder.functions.modules.find(call.argument) is None):
        shown = call.argument if schema is None else f"{schema}.{call.argument}"
        raise errors.error(f"no such table: {shown}")
    return found if isinstance(found, Table) else None


@final
class Report:
    """Where faults go.

    text: the register of a fault's text.  left: how many more may be reported.  found: 1 once there was one.
    done: the label to go to when no more may be reported.
    """

    def __init__(self, coder: Coder, limit: int) -> None:
        self.text: Final = coder.register()
        self.left: Final = coder.register()
        self.found: Final = coder.register()
        self.done: Final = coder.label()
        coder.emit(registers.Integer(limit, self.left))
        coder.emit(registers.Integer(0, self.found))

    def say(self, coder: Coder, text: str) -> None:
        """Emit the report of a fault."""
        coder.emit(registers.String8(text, self.text))
        self.hand_out(coder)

    def hand_out(self, coder: Coder) -> None:
        """Emit the report of the fault whose text is in the register."""
        coder.emit(control.ResultRow(self.text, 1))
        coder.emit(registers.Integer(1, self.found))
        coder.emit(control.DecrJumpZero(self.left, self.done))

    def finish(self, coder: Coder) -> None:
        """Emit the end: ``ok`` where nothing was found."""
        end = coder.label()
        coder.place(self.done)
        coder.emit(control.If(self.found, end))
        coder.emit(registers.String8("ok", self.text))
        coder.emit(control.ResultRow(self.text, 1))
        coder.place(end)


@final
class RowChecks:
    """The checks of one table's rows."""

    def __init__(self, coder: Coder, table: Table, quick: bool, report: Report) -> None:
        self.table: Final = table
        self.quick: Final = quick
        self.report: Final = report
        self.row: Final = bind_table(table, coder.catalog, coder.functions)
        self.writer: Final = Writer(coder, table, self.row, "")
        self.number: Final = coder.register()
        self.counts: Final[dict[int, int]] = {}

    def code(self, coder: Coder) -> None:
        """Emit the walk over the table."""
        writer = self.writer
        collect_expressions(coder, [expr for _, expr in self.row.checks])
        writer.data = open_table(coder, self.table)
        for i, index in enumerate(self.table.indexes):
            if not index.clustered and not self.quick:
                writer.cursors[i] = open_index(coder, index)
                self.counts[i] = coder.register()
                coder.emit(registers.Integer(0, self.counts[i]))
        if self.counts:
            coder.emit(registers.Integer(0, self.number))
        end = coder.label()
        following = coder.label()
        coder.emit(cursors.Rewind(writer.data, end))
        loop = coder.here()
        coder.repeats += 1
        if self.counts:
            coder.emit(arithmetic.AddImm(self.number, 1))
        coder.locations[self.row.source] = writer.stored_row()
        self._check_columns(coder)
        self._check_constraints(coder)
        if not self.quick:
            self._check_entries(coder)
        coder.repeats -= 1
        coder.place(following)
        coder.emit(cursors.Next(writer.data, loop))
        coder.place(end)
        self._check_counts(coder)

    def _check_columns(self, coder: Coder) -> None:
        table = self.table
        columns = [i for i in range(len(table.columns)) if allowed_types(table, i) != ANY_TYPE]
        if not columns:
            return
        fine = coder.label()
        if not table.without_rowid and all(table.positions[i] >= 0 for i in columns):
            stored = [ANY_TYPE] * (max(table.positions[i] for i in columns) + 1)
            for i in columns:
                stored[table.positions[i]] = allowed_types(table, i)
            coder.emit(compare.RowTypes(self.writer.data, fine, tuple(stored)))
        for i in columns:
            self._check_column(coder, i)
        coder.place(fine)

    def _check_column(self, coder: Coder, i: int) -> None:
        """Emit the closer look at one column's value."""
        table = self.table
        column = table.columns[i]
        allowed = allowed_types(table, i)
        fine = coder.label()
        held = coder.register()
        values_into(coder, [ColumnRef(self.row.source, i)], held)
        if column.not_null:
            present = coder.label()
            coder.emit(control.NotNull(held, present))
            self.report.say(coder, f"NULL value in {table.name}.{column.name}")
            coder.emit(control.Goto(fine))
            coder.place(present)
        if allowed | NULL_TYPE != ANY_TYPE:
            coder.emit(compare.IsType(held, fine, allowed))
            if table.strict:
                what = f"non-{column.declared_type.upper()}"
            elif column.affinity == TEXT:
                what = "NUMERIC"
            else:
                # A text is in its place where it does not read as a number.
                what = "TEXT"
                coder.emit(rows.Affinity(held, 1, NUMERIC))
                coder.emit(compare.IsType(held, fine, TEXT_TYPE))
            self.report.say(coder, f"{what} value in {table.name}.{column.name}")
        coder.place(fine)

    def _check_constraints(self, coder: Coder) -> None:
        if not self.row.checks or coder.settings.on("ignore_check_constraints"):
            return
        fine = coder.label()
        bad = coder.label()
        for i, (_, predicate) in enumerate(self.row.checks):
            if i + 1 < len(self.row.checks):
                jump_if_false(coder, predicate, bad, False)
            else:
                jump_if_true(coder, predicate, fine, True)
        coder.place(bad)
        self.report.say(coder, f"CHECK constraint failed in {self.table.name}")
        coder.place(fine)

    def _check_entries(self, coder: Coder) -> None:
        writer = self.writer
        for i, index in enumerate(self.table.indexes):
            if index.clustered:
                continue
            exprs: list[Expr] = writer.entries(coder, index, i)
            skip = coder.label()
            where = self.row.index_filters[i]
            if where is not None:
                jump_if_false(coder, where, skip, True)
            coder.emit(arithmetic.AddImm(self.counts[i], 1))
            first = coder.registers(len(exprs))
            values_into(coder, exprs, first)
            present = coder.label()
            coder.emit(seek.Found(writer.cursors[i], present, first, len(exprs)))
            self._say_row(coder, f" missing from index {index.name}")
            coder.emit(control.Goto(skip))
            coder.place(present)
            if index.unique:
                self._check_unique(coder, i, first, skip)
            coder.place(skip)

    def _check_unique(self, coder: Coder, i: int, first: int, skip: int) -> None:
        """The next entry must have another key, unless the key holds a NULL."""
        index = self.table.indexes[i]
        count = len(index.columns)
        coder.emit(control.AnyNull(first, skip, count))
        again = coder.label()
        coder.emit(cursors.Next(self.writer.cursors[i], again))
        coder.emit(control.Goto(skip))
        coder.place(again)
        coder.emit(seek.IdxGT(self.writer.cursors[i], skip, first, count))
        self.report.say(coder, f"non-unique entry in index {index.name}")

    def _say_row(self, coder: Coder, text: str) -> None:
        """Emit the report of a fault of the current row, by its number."""
        coder.emit(arithmetic.Concat(coder.constant("row "), self.number, self.report.text))
        coder.emit(arithmetic.Concat(self.report.text, coder.constant(text), self.report.text))
        self.report.hand_out(coder)

    def _check_counts(self, coder: Coder) -> None:
        for i, counted in self.counts.items():
            entries = coder.register()
            same = coder.label()
            coder.emit(cursors.Count(self.writer.cursors[i], entries))
            coder.emit(compare.Eq(entries, counted, same))
            self.report.say(coder, f"wrong # of entries in index {self.table.indexes[i].name}")
            coder.place(same)


@final
class ForeignKeyCheck(Pragma):
    """foreign_key_check: rows that refer to nothing, in main where no database and no table is named."""

    def arguments(self) -> list[str] | None:
        return ["arg", "schema"]

    def code(self, coder: Coder, call: PragmaCall) -> None:
        only = None if call.argument is None else named_table(coder, call)
        if call.argument is None:
            for table in reversed(list(call.schema.tables.values())):
                self._check_table(coder, table)
        elif only is not None:
            self._check_table(coder, only)

    def _check_table(self, coder: Coder, table: Table) -> None:
        links = links_of(coder.catalog, table)
        if not links:
            return
        data = open_table(coder, table)
        child = Source(-1, table.name, [OutputColumn(c.name, c.affinity) for c in table.columns], table)
        coder.locations[child] = table_columns(coder, child, data, table)
        keys = [None if link.parent is None else link.parent_key() for link in links]
        parents = [
            -1 if key is None else self._open_parent(coder, link, key) for link, key in zip(links, keys)
        ]
        end = coder.label()
        coder.emit(cursors.Rewind(data, end))
        loop = coder.here()
        coder.repeats += 1
        for number, link in enumerate(links):
            self._check_key(coder, link, keys[number], parents[number], number, child, data)
        coder.repeats -= 1
        coder.emit(cursors.Next(data, loop))
        coder.place(end)

    def _check_key(
        self,
        coder: Coder,
        link: Link,
        key: ParentKey | None,
        parent: int,
        number: int,
        child: Source,
        data: int,
    ) -> None:
        """Emit the row that is told where a row of the child refers to nothing.

        parent: the cursor where it is looked up, -1 for none.  data: the one on the child.
        """
        columns = link.key.columns if key is None else key.children
        held = coder.registers(len(columns))
        fine = coder.label()
        exprs: list[Expr] = [ColumnRef(child, i) for i in columns]
        values_into(coder, exprs, held)
        coder.emit(control.AnyNull(held, fine, len(columns)))
        if key is not None:
            self._find_parent(coder, link, key, parent, held, fine)
        out = coder.registers(4)
        coder.emit(registers.String8(link.child.name, out))
        if link.child.without_rowid:
            coder.emit(registers.Null(out + 1))
        else:
            coder.emit(rows.Rowid(data, out + 1))
        coder.emit(registers.String8(link.key.reference.table.text, out + 2))
        coder.emit(registers.Integer(number, out + 3))
        coder.emit(control.ResultRow(out, 4))
        coder.place(fine)

    def _open_parent(self, coder: Coder, link: Link, key: ParentKey) -> int:
        assert isinstance(link.parent, Table)
        return open_table(coder, link.parent) if key.index is None else open_index(coder, key.index)

    def _find_parent(
        self, coder: Coder, link: Link, key: ParentKey, cursor: int, held: int, found: int
    ) -> None:
        """Emit the search for the row that is referred to; it goes to ``found``."""
        parent = link.parent
        assert isinstance(parent, Table)
        if key.index is None:
            absent = coder.label()
            coder.emit(seek.SeekRowid(cursor, absent, held))
            coder.emit(control.Goto(found))
            coder.place(absent)
            return
        affinity = "".join([parent.columns[column].affinity or BLOB for column in key.columns])
        coder.emit(rows.Affinity(held, len(key.columns), affinity))
        coder.emit(seek.Found(cursor, found, held, len(key.columns)))


CHECKS: Final[list[Pragma]] = [
    OptimizePragma("optimize", ("optimize",), "Analyzes the tables that seem to need it."),
    IntegrityCheckPragma(
        "integrity_check", False, "Checks the whole file: pages, records, constraints, indexes."
    ),
    IntegrityCheckPragma("quick_check", True, "integrity_check without comparing tables with their indexes."),
    ForeignKeyCheck(
        "foreign_key_check",
        ("table", "rowid", "parent", "fkid"),
        "The rows whose foreign keys refer to nothing.",
    ),
]
