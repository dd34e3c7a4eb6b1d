"""Plans of INSERT, UPDATE and DELETE.

``changes`` plans the statements; ``assignments`` are those of SET, ``upsert`` the clauses ON CONFLICT, and
``whole_rows`` finds INSERTs that take over another table's rows as they are, and ``triggers`` refuses what a
trigger would have to follow.
"""
