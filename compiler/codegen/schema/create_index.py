"""CREATE INDEX and REINDEX: the entries are sorted, then written in order.

A UNIQUE index refuses two neighbours in that order that are equal and hold no NULL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.dispatch import ROOTS
from foundrydb.compiler.codegen.expressions.membership import convert
from foundrydb.compiler.codegen.expressions.values import values_into
from foundrydb.compiler.codegen.opening import index_keys, open_plan
from foundrydb.compiler.codegen.producing import begin_node, begin_row, end_node, end_row, produce
from foundrydb.compiler.codegen.schema.schema_rows import add_row, begin_change, end_change
from foundrydb.compiler.codegen.usage import collect
from foundrydb.compiler.codegen.writes.uniqueness import unique_message
from foundrydb.compiler.plan import nodes
from foundrydb.vm.ops import control, cursors, rows, sorter
from foundrydb.vm.ops.transactions import Clear, CreateBtree, ParseSchema

if TYPE_CHECKING:
    from foundrydb.compiler.schema.objects import Index


@ROOTS.entry(nodes.CreateIndex)
def code_create_index(coder: Coder, node: nodes.CreateIndex) -> None:
    """Emit the code of CREATE INDEX."""
    build = node.child
    assert isinstance(build, nodes.BuildIndex)
    index = build.index
    schema = coder.catalog.schemas[coder.schema_number(index.table.schema)]
    collect(coder, node)
    cursor = begin_change(coder, schema)
    root = coder.register()
    coder.emit(CreateBtree(schema.number, root, True))
    add_row(coder, cursor, "index", index.name, index.table.name, root, node.text)
    data = coder.cursor()
    coder.emit(cursors.OpenRoot(data, root, schema.number, index_keys(coder, index)))
    _fill(coder, build, data)
    coder.emit(cursors.Close(data))
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, index.name, "index"))


@ROOTS.entry(nodes.Reindex)
def code_reindex(coder: Coder, node: nodes.Reindex) -> None:
    """Emit the code of REINDEX."""
    collect(coder, node)
    for build in node.builds:
        assert isinstance(build, nodes.BuildIndex)
        index = build.index
        number = coder.schema_number(index.table.schema)
        coder.use(number, True)
        coder.builder.statement_journal = True
        coder.emit(Clear(index.root_page, number), index.name)
        data = coder.cursor()
        coder.emit(cursors.OpenWrite(data, index.root_page, number, index_keys(coder, index), 0, index.name))
        _fill(coder, build, data)
        coder.emit(cursors.Close(data))


@ROOTS.entry(nodes.Nothing)
def code_nothing(coder: Coder, node: nodes.Nothing) -> None:
    """Emit the code of a statement that has nothing to do: it reads whether that is still so."""
    coder.use(coder.schema_number(node.schema))


@final
class Entries(Consumer):
    """Puts the entry for each row of the table into a sorter."""

    def __init__(self, node: nodes.BuildIndex, sorting: int) -> None:
        self.node: Final = node
        self.sorting: Final = sorting

    def row(self, coder: Coder, next: int) -> None:
        entry = self.node.entry
        first = coder.registers(len(entry))
        values_into(coder, entry, first, owned=True)
        convert(coder, entry, first, self.node.affinities)
        begin_row(coder, self.node)
        coder.emit(sorter.SorterPut(self.sorting, first, len(entry)))
        end_row(coder)


def _fill(coder: Coder, node: nodes.BuildIndex, data: int) -> None:
    """Emit the making of all entries of an empty index that ``data`` is open on."""
    begin_node(coder, node)
    open_plan(coder, node)
    sorting = coder.cursor()
    coder.emit(sorter.SorterOpen(sorting, len(node.entry), index_keys(coder, node.index)))
    produce(coder, node.child, Entries(node, sorting))
    _write_sorted(coder, node.index, sorting, data)
    end_node(coder)


def _write_sorted(coder: Coder, index: Index, sorting: int, data: int) -> None:
    if not index.unique:
        coder.emit(sorter.SorterToIndex(sorting, data))
        return
    done = coder.label()
    entry = coder.label()
    record = coder.register()
    coder.emit(sorter.SorterSort(sorting, done))
    coder.emit(control.Goto(entry))
    loop = coder.here()
    coder.emit(sorter.SorterCompare(sorting, entry, record, len(index.columns)))
    coder.emit(control.Halt("SQLITE_CONSTRAINT_UNIQUE", "abort", unique_message(index)))
    coder.place(entry)
    coder.emit(sorter.SorterData(sorting, record))
    coder.emit(rows.IdxInsert(data, record, True))
    coder.emit(sorter.SorterNext(sorting, loop))
    coder.place(done)
