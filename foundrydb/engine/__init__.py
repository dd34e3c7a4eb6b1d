"""What stands behind a connection: databases, catalog, functions, settings, prepared statements.

``engine`` ties them together and is the machine's host.  ``opening`` goes from a name (``uri``) to an open
database, ``schema_keeper`` reads its schema and follows what statements change in it.  ``preparing`` goes from a text
to a compiled ``statement``: ``statement_cache`` keeps them by their texts, and ``shared_programs`` is what texts that
differ in literals share.  ``settings``, ``configuration`` and ``limits`` are what a user may change, each declared
once; ``constants`` their numbers.

``estimates`` tells the planner more than sqlite_stat1 does; ``interrupts``, ``checking`` and ``turns`` let others
in while a statement takes long; ``authorizer`` is a user's authorizer as the compiler asks it.
"""
