"""``fdb debug``: a debugger in the terminal that steps back.

``debugger`` is a session: the script that is debugged (``foundrydb.toolkit.debugging``), breakpoints, and where the
answers go.  A ``command`` is declared once; ``moves``, ``stops``, ``looks`` and ``questions`` hold those of a subject
each.  ``view`` makes text of a state, ``prompt`` reads commands from a terminal or a script.
"""
