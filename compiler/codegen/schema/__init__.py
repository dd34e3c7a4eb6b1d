"""Statements that make, change and drop tables, indexes and views, ANALYZE, ATTACH and VACUUM.

``create_…`` and ``drop`` code the statements, ``attach`` and ``vacuum`` those for whole databases, ``analyze`` fills
sqlite_stat1.  ``alter_table`` looks for rows that do not fit (``check_rows``), or writes rows without a column
(``rewrite_rows``), and then the new texts and names (``schema_texts``), which binding has found.  ``schema_rows``
writes the rows of sqlite_schema, in which CREATE statements are kept as text.
"""
