"""What stands behind a connection: databases, catalog, functions, settings, prepared statements.

``engine`` ties them together and is the machine's host.  ``opening`` goes from a name (``uri``) to an open
database; ``statement`` is a compiled statement as it is kept, ``shared_programs`` what texts that differ in
literals share. ``settings``, ``configuration`` and ``limits`` are what a user may change, each declared once;
``constants`` their numbers.

``estimates`` tells the planner more than sqlite_stat1 does; ``interrupts``, ``checking`` and ``turns`` let others
in while a statement takes long; ``authorizer`` is a user's authorizer as the compiler asks it.
"""
