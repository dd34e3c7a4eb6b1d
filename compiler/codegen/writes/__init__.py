"""INSERT, UPDATE and DELETE.

``writer`` writes and deletes the rows of one table with the entries of its indexes, and checks constraints;
``uniqueness`` decides what becomes of a row that is in the way.  ``insert``, ``update`` and ``delete`` find the
rows and call it; ``change_row`` is what UPDATE and ON CONFLICT DO UPDATE have in common.  ``returning`` keeps the
rows of RETURNING, ``sequences`` the largest rowids of AUTOINCREMENT.
"""
