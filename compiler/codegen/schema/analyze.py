"""ANALYZE: sqlite_stat1 and sqlite_stat4, which tell the planner how selective indexes are.

sqlite_stat1 has a row for each index: the number of its entries, then for each prefix of its columns how many entries
agree in it on average, rounded up.  A table without a full index has one row, without an index's name, with its number
of rows (https://sqlite.org/fileformat2.html#the_sqlite_stat1_table).  sqlite_stat4 has samples of each index's entries
(``vm/tables/sampler``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import REAL
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.opening import open_index, open_table
from foundrydb.compiler.codegen.producing import begin_node, begin_row, end_node, end_row
from foundrydb.compiler.codegen.schema.schema_rows import (
    add_row,
    append_row,
    begin_change,
    delete_rows,
    end_change,
)
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops import arithmetic, control, cursors, ephemeral, registers, rows, seek
from foundrydb.vm.ops.transactions import CreateBtree, Expire, LoadAnalysis, ParseSchema

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index, IndexColumn
    from foundrydb.compiler.schema.schema import Schema
    from foundrydb.storage.format.values import Value

STATISTICS: Final = "sqlite_stat1"

SAMPLES: Final = "sqlite_stat4"

COLUMNS: Final = {STATISTICS: "tbl,idx,stat", SAMPLES: "tbl,idx,neq,nlt,ndlt,sample"}
"""The tables that ANALYZE makes, with their columns."""

OLDER: Final = "sqlite_stat3"
"""What an older SQLite's ANALYZE found, which is out of date after this one."""


@final
class Findings:
    """Where to write what is found: cursors on sqlite_stat1 and sqlite_stat4."""

    def __init__(self, statistics: int, samples: int) -> None:
        self.statistics: Final = statistics
        self.samples: Final = samples


@ROOTS.entry(nodes.Analyze)
def code_analyze(coder: Coder, node: nodes.Analyze) -> None:
    """Emit the code of ANALYZE."""
    for database in node.databases:
        assert isinstance(database, nodes.AnalyzeDatabase)
        begin_node(coder, database)
        _analyze(coder, database)
        end_node(coder)


def _analyze(coder: Coder, node: nodes.AnalyzeDatabase) -> None:
    """Emit the analysis of a database, or of a part of it."""
    schema = coder.catalog.schemas[coder.schema_number(node.schema)]
    found = _open_findings(coder, schema, node)
    for part in node.parts:
        begin_node(coder, part)
        if isinstance(part, nodes.SampleIndex):
            _sample_index(coder, part, found)
        else:
            assert isinstance(part, nodes.CountTable)
            _count_table(coder, part, found)
        end_node(coder)
    coder.emit(LoadAnalysis(schema.number))
    coder.emit(Expire())


def _open_findings(coder: Coder, schema: Schema, node: nodes.AnalyzeDatabase) -> Findings:
    """Emit the opening of sqlite_stat1 and sqlite_stat4 without the rows that are made anew."""
    wanted: list[tuple[int, Value]] = []
    if node.index is not None:
        wanted.append((1, node.index))
    elif node.relation is not None:
        wanted.append((0, node.relation))
    older = schema.table(OLDER)
    if older is not None:
        delete_rows(coder, open_table(coder, older, True), wanted)
        coder.builder.statement_journal = True
    missing = [name for name in COLUMNS if schema.table(name) is None]
    roots: dict[str, int] = {}
    if missing:
        rows_cursor = begin_change(coder, schema)
        for name in missing:
            roots[name] = coder.register()
            coder.emit(CreateBtree(schema.number, roots[name]))
            text = f"CREATE TABLE {name}({COLUMNS[name]})"
            add_row(coder, rows_cursor, "table", name, name, roots[name], text)
        end_change(coder, schema)
        for name in missing:
            coder.emit(ParseSchema(schema.number, name, "table"))
    return Findings(
        _open_emptied(coder, schema, STATISTICS, roots, wanted),
        _open_emptied(coder, schema, SAMPLES, roots, wanted),
    )


def _open_emptied(
    coder: Coder, schema: Schema, name: str, roots: dict[str, int], wanted: list[tuple[int, Value]]
) -> int:
    """Emit the opening of one of the tables, in which rows that are made anew are deleted; one just made is empty."""
    if name in roots:
        cursor = coder.cursor()
        coder.emit(cursors.OpenRoot(cursor, roots[name], schema.number))
        return cursor
    table = schema.table(name)
    assert table is not None
    coder.builder.statement_journal = True
    cursor = open_table(coder, table, True)
    delete_rows(coder, cursor, wanted)
    return cursor


def _count_table(coder: Coder, node: nodes.CountTable, found: Findings) -> None:
    """Emit the row of a table that says no more than how many rows it has; of an empty one there is none."""
    data = open_table(coder, node.table)
    first = coder.registers(3)
    empty = coder.label()
    coder.emit(registers.String8(node.table.name, first))
    coder.emit(registers.Null(first + 1))
    coder.emit(cursors.Count(data, first + 2))
    coder.emit(control.IfNot(first + 2, empty))
    begin_row(coder, node)
    _as_text(coder, first + 2)
    append_row(coder, found.statistics, first, 3)
    end_row(coder)
    coder.place(empty)


def _as_text(coder: Coder, register: int) -> None:
    """Emit the turning of a number into its text."""
    coder.emit(arithmetic.Concat(register, coder.constant(""), register))


def _sample_index(coder: Coder, node: nodes.SampleIndex, found: Findings) -> None:
    """Emit the walk over an index, and the rows that say what was found there."""
    index = node.index
    data = open_index(coder, index)
    sampler = coder.cursor()
    end = coder.label()
    done = coder.label()
    _open_sampler(coder, index, data, sampler)
    _walk(coder, node, data, sampler, end)
    first = coder.registers(3)
    coder.emit(registers.String8(index.table.name, first))
    coder.emit(registers.String8(index.statistics_name, first + 1))
    coder.emit(ephemeral.Statistics(sampler, first + 2, len(index.columns)))
    append_row(coder, found.statistics, first, 3)
    if node.limit is None:
        _write_samples(coder, index, sampler, found.samples)
    if index.where is not None:
        coder.emit(control.Goto(done))
    coder.place(end)
    if index.where is not None:
        _write_empty(coder, index, found.statistics)
    coder.place(done)


def _open_sampler(coder: Coder, index: Index, data: int, sampler: int) -> None:
    """Emit the opening of what counts the distinct values of each prefix of an index's entries, and takes samples."""
    columns = index.columns if index.clustered else index.stored_columns()
    entries = coder.register()
    collations = [column.collation for column in columns]
    coder.emit(cursors.Count(data, entries))
    coder.emit(
        ephemeral.OpenSampler(
            sampler,
            len(columns),
            coder.key_info(collations),
            entries,
            coder.settings.encoding,
            _reals(index, columns),
        )
    )


def _walk(coder: Coder, node: nodes.SampleIndex, data: int, sampler: int, empty: int) -> None:
    """Emit the walk itself; where there are no entries it goes on at ``empty``."""
    coder.emit(cursors.Rewind(data, empty))
    loop = coder.here()
    begin_row(coder, node)
    coder.emit(ephemeral.TakeSample(sampler, data))
    end_row(coder)
    enough = coder.label()
    if node.limit is not None:
        _limit_samples(coder, sampler, data, node.limit, enough)
    coder.emit(cursors.Next(data, loop))
    coder.place(enough)


def _limit_samples(coder: Coder, sampler: int, data: int, limit: int, enough: int) -> None:
    """Emit the way on from an entry of which so many are looked at: to the next, past some, or to ``enough``.

    The first entry behind those that are passed over is passed over as well, as in C SQLite.
    """
    following = coder.register()
    on = coder.label()
    coder.emit(ephemeral.SampleLimit(sampler, following, limit))
    coder.emit(control.IsNull(following, on))
    coder.emit(control.If(following, enough))
    key = coder.register()
    coder.emit(rows.Column(data, 0, key))
    coder.emit(seek.SeekGT(data, enough, key))
    coder.place(on)


def _reals(index: Index, columns: list[IndexColumn]) -> tuple[int, ...]:
    """The fields of an entry whose whole numbers are reals."""
    held = index.table.columns
    return tuple(
        [i for i, item in enumerate(columns) if item.column >= 0 and held[item.column].affinity == REAL]
    )


def _write_samples(coder: Coder, index: Index, sampler: int, cursor: int) -> None:
    """Emit the rows of sqlite_stat4."""
    none = coder.label()
    first = coder.registers(6)
    coder.emit(registers.String8(index.table.name, first))
    coder.emit(registers.String8(index.statistics_name, first + 1))
    coder.emit(cursors.Rewind(sampler, none))
    loop = coder.here()
    coder.emit(rows.Columns(sampler, (0, 1, 2, 3), first + 2))
    append_row(coder, cursor, first, 6)
    coder.emit(cursors.Next(sampler, loop))
    coder.place(none)


def _write_empty(coder: Coder, index: Index, cursor: int) -> None:
    """Emit the row of a partial index without entries: that it is empty says nothing about its table."""
    first = coder.registers(3)
    coder.emit(registers.String8(index.table.name, first))
    coder.emit(registers.String8(index.statistics_name, first + 1))
    coder.emit(registers.String8(" ".join(["0"] * (len(index.columns) + 1)), first + 2))
    append_row(coder, cursor, first, 3)
