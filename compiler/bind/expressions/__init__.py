"""Expressions: from syntax to what stands in a bound statement.

``binders`` leads from an expression of the tree to the function that binds it.  Most of these are in ``kinds``;
``columns`` binds names, ``calls`` functions, with ``subtypes`` for arguments whose subtypes count and ``windows`` for
calls with OVER, and ``comparisons`` decides affinity and collation.  ``desugar`` rewrites what SQLite's parser rewrites
before any name is looked up; ``mistakes`` knows which of several mistakes is told.
"""
