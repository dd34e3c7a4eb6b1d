"""Statements that make and drop tables, indexes and views, and ANALYZE.

``create_…`` and ``drop`` code the statements, ``analyze`` fills sqlite_stat1.  ``schema_rows`` writes the rows of
sqlite_schema, with the text that ``statement_text`` gives them.  ALTER TABLE has a room of its own.
"""
