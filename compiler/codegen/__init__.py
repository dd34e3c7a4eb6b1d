"""Plans to programs.

``statements`` is the entry: the statement's kind decides which room codes it.

- ``rows``: the operators that yield rows, loops in loops (produce/consume, see ``coder``);
- ``expressions``: expressions as values and as jumps;
- ``writes``: INSERT, UPDATE and DELETE;
- ``schema`` and ``alter``: statements that change the schema;
- ``pragmas``: PRAGMA, each one declaration.

``coder`` is the state that all share: what has been emitted, and where columns are kept at run time.  ``usage``
finds out beforehand which columns are read.  ``explain`` and ``query_plan`` code EXPLAIN; ``attribution`` notes
which plan node an instruction is for.
"""
