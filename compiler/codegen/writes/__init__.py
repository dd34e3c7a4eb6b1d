"""INSERT, UPDATE and DELETE.

``writer`` checks constraints, and is the one door through which rows of a table are written, changed and deleted, with
the entries of its indexes; there those who observe the rows are told (``observing``).  ``uniqueness`` decides what
becomes of a row that is in the way.  ``insert``, ``update`` and ``delete`` find the rows and call it; ``change_row`` is
what UPDATE and ON CONFLICT DO UPDATE have in common.  ``returning`` keeps the rows of RETURNING, ``sequences`` the
largest rowids of AUTOINCREMENT.
"""
