"""B-trees over pages: where rows and index entries are kept, in the order of their keys.

``database`` is the whole: it makes and drops trees, begins and ends transactions, and hands out cursors;
``commit_together`` ends those of several databases at once.  From the bottom:

1. ``nodes``: a page's content, as bytes and decoded; ``header_fields``: the database header on page 1.
2. ``space``: which pages are free, and which page refers to which: the freelist, overflow chains, pointer maps.
3. ``tree``, ``position``: one tree, and a place in it; ``search_key`` compares what is sought with what is there.
4. ``entry_reader``: the entry at a position, read; ``cursor``, with ``table_cursor`` and ``index_cursor``, which
   searches by ``index_search``: the same, changed; ``balance`` shares cells out among pages when one is too full or too
   empty; ``incremental`` reads and writes one value in pieces.
5. ``backlog``: changes of indexes that wait until they can be made in the order of their keys.
"""

from foundrydb.storage.tree import backlog, nodes, space

__all__ = ["backlog", "nodes", "space"]
