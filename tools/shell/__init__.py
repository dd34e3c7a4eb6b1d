"""The shell.

``repl`` reads lines from a person, ``terminal`` by way of prompt_toolkit, with ``completion`` (``in_sight`` finds the
columns that a name may mean); ``input`` cuts them into dot-commands and statements, and ``shell`` runs those,
which ``tracing`` writes down and ``figures`` measures; ``hexdb`` has databases as text.  The room ``dots`` has the
dot-commands, ``functions`` the SQL functions that only the shell has.
"""
