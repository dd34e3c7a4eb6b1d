"""Plans, bytecode and rows of queries under test, in a project of one's own.

``plan_database`` makes the database that queries are planned for: a schema, and statistics that stay as they are.
``query_checks`` has what a test says about a query, beginning with ``QueryChecks``; ``goldens`` keeps what came out in
readable files beside the tests, ``plan_lock`` in one file, ``queries.lock``, and says what makes a plan worse.
``named_queries`` reads files of queries.

The plugin for pytest is a module beside this package, ``pytest_foundrydb``: it is loaded by every run of pytest, and
loads these when a test first asks for the fixture ``fdb``.  Without pytest, ``QueryChecks(connection)`` does the same.
"""
