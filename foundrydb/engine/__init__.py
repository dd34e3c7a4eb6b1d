"""What stands behind a connection: databases, catalog, functions, settings, prepared statements.

``engine`` ties them together and is the machine's host.  ``opening`` goes from a name (``uri``) to an open
database, ``attaching`` adds such to the connection and takes them away, ``schema_keeper`` reads a database's schema and
follows what statements change in it.  ``preparing`` goes from a text
to a compiled ``statement``: ``statement_cache`` keeps them by their texts, and ``shared_programs`` is what texts that
differ in literals share.  ``options`` is what a user may change: settings, switches, limits.

``estimates`` tells the planner more than sqlite_stat1 does; ``interrupts``, ``checking`` and ``turns`` let others
in while a statement takes long; ``authorizer`` is a user's authorizer as the compiler asks it.  ``vacuum`` makes a
database anew, and ``vacuum_questions`` is what an authorizer is asked about that.  ``dry_run`` undoes what a
savepoint does not: databases that come and go, files that are made.
"""

from foundrydb.engine import options

__all__ = ["options"]
