"""INSERT, UPDATE and DELETE.

``insert``, ``update`` and ``delete`` find the rows; ``change_row`` is what UPDATE and ON CONFLICT DO UPDATE have in
common.  A ``new_row`` is made of the values that are given, ``constraints`` look at it alone, and ``uniqueness``
decides what becomes of rows that are in its way.  Then ``writer`` changes the table: the one door that every row
passes, where those who observe it are told (``observing``).  ``returning`` keeps the rows of RETURNING, ``sequences``
the largest rowids of AUTOINCREMENT.
"""
