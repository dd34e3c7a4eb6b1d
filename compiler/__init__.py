"""From SQL text to a program, a room a stage.

The way through, as ``pipeline.compile_statement`` goes it:

1. ``syntax``: the text's tokens, and from them the syntax tree;
2. ``lift``: literals that other texts may differ in become parameters, so that programs can be shared;
3. ``schema``: what the tables, indexes and views are that names may mean;
4. ``bind``: names become sources and columns, with affinity and collation: a bound statement;
5. ``plan``: what is bound as a tree of nodes, and the passes that decide how it is carried out;
6. ``codegen``: the tree as instructions of the virtual machine.

``trigger_programs`` takes the statements of triggers through the same stages.  ``trees`` is what the syntax tree, bound
expressions and plans have in common: how they are declared, compared, copied and shown.  ``authorize`` asks a user's
authorizer about what a statement does.  ``late`` names the modules that are loaded only when a program needs them;
everything else is imported at the top of a file.  ``provenance`` tells which piece of SQL an instruction came from, and
back.

Nothing reaches back: each stage takes the result of the one before it, and ``foundrydb.vm`` knows none of them.
"""

from foundrydb.compiler import bind, codegen, plan, schema, syntax, trees

__all__ = ["bind", "codegen", "plan", "schema", "syntax", "trees"]
