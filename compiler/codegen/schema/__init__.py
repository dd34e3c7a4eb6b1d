"""Statements that make and drop tables, indexes and views, ANALYZE, ATTACH and VACUUM.

``create_…`` and ``drop`` code the statements, ``attach`` and ``vacuum`` those for whole databases, ``analyze`` fills
sqlite_stat1.  ``schema_rows`` writes the rows of sqlite_schema, in which CREATE statements are kept as text.  ALTER
TABLE has a room of its own.
"""
