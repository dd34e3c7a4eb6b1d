"""Names to what they mean: from the syntax tree to a bound statement.

``binder`` is the entry: a statement, or a text of the schema.  What comes out is declared in ``statements``: a
statement with its clauses, in which each name has become what it means, and in ``bound``: expressions, in which a
column is a source (``sources``) and a number.  Their bases are in ``relation`` and ``expr``.

Five rooms bind what a statement consists of: ``expressions``; ``queries``, from FROM to LIMIT; ``writes``, INSERT,
UPDATE and DELETE; ``schema``, the expressions of tables and indexes and the statements that make these; ``alter``, what
ALTER TABLE makes of the texts that the schema keeps.

``binding`` is what all of this shares; ``scope`` looks the names of columns up among the items of FROM clauses
(``from_items``).  In ``notes`` stands what names were met, for ALTER TABLE, for an authorizer and for those who ask.
``text`` writes bound expressions, ``outline`` whole statements for people to read.  ``properties`` answers questions
about bound expressions, ``expr_index`` finds an expression among many; ``missing`` is the error for collations that
do not exist, ``hints`` helps with names that do not; ``depth`` makes room on the stack for deep statements.
"""

from foundrydb.compiler.bind import alter, expressions, notes, queries, schema, writes

__all__ = ["alter", "expressions", "notes", "queries", "schema", "writes"]
