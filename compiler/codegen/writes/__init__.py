"""INSERT, UPDATE and DELETE.

``insert``, ``update`` and ``delete`` find the rows; ``change_row`` is what UPDATE and ON CONFLICT DO UPDATE have in
common.  A ``new_row`` is made of the values that are given, or is the record that ``copying`` takes from another table;
``constraints`` look at it alone, and ``uniqueness`` decides what becomes of rows that are in its way.  Then ``writer``
changes the table: the one door that every row passes, where triggers are set off (``events``), whose programs are made
of ``triggers``; ``instead`` sets off those of views, and where foreign keys are looked at (``foreign_keys``,
``key_actions``).  ``returning`` keeps the rows of RETURNING, ``sequences`` the largest rowids of AUTOINCREMENT.
"""
