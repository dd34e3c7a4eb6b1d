"""Statements that make and drop tables, indexes and views, and ANALYZE.

``create_…`` and ``drop`` code the statements, ``analyze`` fills sqlite_stat1.  ``schema_rows`` writes the rows of
sqlite_schema, in which CREATE statements are kept as text.  ALTER TABLE has a room of its own.
"""
