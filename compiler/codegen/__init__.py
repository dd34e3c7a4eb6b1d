"""Plans to programs.

``statements`` is the entry.  ``dispatch`` holds the tables that lead from the class of a statement, plan node or
expression to the function that codes it; each function enters itself, in one of these rooms:

- ``rows``: the operators that yield rows, loops in loops (produce/consume, see ``coder``);
- ``expressions``: expressions as values and as jumps;
- ``writes``: INSERT, UPDATE and DELETE;
- ``schema``: statements that change the schema;
- ``pragmas``: PRAGMA, each one declaration.

``coder`` is the state that all share: what has been emitted, and where columns are kept at run time.  ``producing`` is
the entry to the code of plan nodes, ``opening`` opens their cursors.  ``usage`` finds out beforehand which columns are
read, ``shared_values`` where the values of expressions that occur several times are kept.  ``explain`` and
``query_plan`` code EXPLAIN; ``attribution`` notes which plan node an instruction is for.
"""

from foundrydb.compiler.codegen import expressions, pragmas, rows, schema, writes

__all__ = ["expressions", "pragmas", "rows", "schema", "writes"]
