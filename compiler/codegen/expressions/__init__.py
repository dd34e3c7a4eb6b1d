"""Expressions as code.

``values`` leaves an expression's value in a register, ``conditions`` jumps by its truth; ``comparisons``,
``membership`` (IN) and ``subqueries`` are the kinds that need more room.  ``locations`` says where columns are
when the code runs, ``defaults`` what a column has in rows older than itself.  ``formulas`` puts fast ways for
numbers in front of the general code, ``shared_values`` evaluates what occurs several times once a row.
"""
