"""Expressions as code.

``values`` leaves an expression's value in a register, ``conditions`` jumps by its truth; both find the code in a
table by the expression's class.  ``leaves``, ``operators``, ``function_calls``, ``comparisons``, ``membership`` (IN)
and ``subqueries`` are that code.  ``locations`` says where columns are when the code runs.  ``formulas`` puts fast ways
for numbers and texts in front of the general code, ``call_formulas`` those of functions.
"""
