"""What the cursors of a program stand on.

``stored``: B-trees of a database file.  ``ephemeral``: tables and indexes that a statement keeps for itself, in
memory first; ``found_rows``: the rows that it will change; ``met_rows``: those that it has met; ``queue``: those that
a recursion has still to look at.  ``hash_index``: the inner side of a join; ``grouping``: GROUP BY; both by the keys of
``hash_keys``.  ``sampler``: what ANALYZE learns of an index.  ``virtual``: the rows of virtual tables.  ``rowset`` is a
set of rowids in a register, ``keys`` reads rowids out of values, ``known_keys`` keeps in mind which ones a tree has,
``packing`` makes records straight from registers.
"""
