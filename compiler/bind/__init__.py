"""Names to what they mean: from the syntax tree to bound expressions.

``binders`` leads from an expression of the tree to the function that binds it (most are in ``expressions``),
``columns`` binds names; ``scope`` looks its column names up among the items of FROM clauses
(``from_items``), ``calls`` its functions, and ``comparisons`` decides affinity and collation.  What comes out is a
tree of the classes in ``bound``, in which a column is a source (``sources``) and a number.  ``properties`` answers
questions about such trees, ``expr_index`` finds an expression among many; ``expr`` is
their base.

``binding`` is what all of this shares; in ``notes`` stands what names were met, for ALTER TABLE, for an authorizer and
for those who ask.  ``desugar`` rewrites what SQLite's parser rewrites before any name is looked up; ``missing`` is the
error for collations that do not exist, ``hints`` helps with names that do not; ``depth`` makes room on the stack for
deep statements.
"""

from foundrydb.compiler.bind import notes

__all__ = ["notes"]
