"""The loop over what was sorted."""

from __future__ import annotations

from foundrydb.compiler.codegen.coder import Coder, Consumer
from foundrydb.compiler.codegen.rows.access import each
from foundrydb.vm.ops import sorter


def each_sorted(coder: Coder, cursor: int, consumer: Consumer) -> None:
    """Emit the loop over the rows of a sorter, or the groups of a hash table, that is filled."""
    end = coder.label()
    following = coder.label()
    coder.emit(sorter.SorterSort(cursor, end))
    loop = coder.here()
    each(coder, consumer, following)
    coder.place(following)
    coder.emit(sorter.SorterNext(cursor, loop))
    coder.place(end)
