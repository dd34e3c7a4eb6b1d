"""Passes that keep a plan in its logical form, and make it simpler.

Conditions move down to where the rows come from (``push_predicates``), outer joins whose NULLs no condition lets
through become inner ones, subqueries dissolve, constants are folded, limits go down.  None asks what anything
costs.
"""
