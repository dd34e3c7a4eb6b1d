"""What PEP 249 and the standard library's ``sqlite3`` promise.

``connection`` opens a database and makes cursors; ``session`` is the part of a connection that every statement
passes, ``runner`` the compiled part of a cursor, ``lease`` ends what a cursor that goes still runs.  ``row`` and
``values`` decide what a user gives and gets.  ``blob``, ``copying``, ``hooks``, ``sql_dump`` and ``trace`` are methods
that need room; ``statement_handle`` is what calling a connection gives.
"""
