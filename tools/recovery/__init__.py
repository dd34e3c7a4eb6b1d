"""A damaged database as SQL that makes what is left of it again: ``fdb recover`` and ``.recover``.

``recovery`` is the whole of it.  The statements of the schema are read by ``lost_schema``, and tried out by
``made_objects`` on an empty database, which tells the columns; ``table_rows`` makes an INSERT of a record, by
``sql_values``, and takes no rowid twice (``rowid_ranges``).  ``lost_rows`` has the rows that belong to no table.
``recovery_report`` tells what was saved and what was not, and ``new_database`` runs the statements straight away.
"""
