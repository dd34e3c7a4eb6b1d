"""Passes that keep a plan in its logical form, and make it simpler.

- conditions: ``push_predicates`` moves them down to where the rows come from, ``transitive_equality`` finds more,
  ``split_disjunctions`` and ``split_rows`` take them apart, ``fold_constants`` computes what is known, by
  ``constant_values``;
- joins and subqueries: ``simplify_outer_joins`` makes inner ones of those whose NULLs no condition lets through,
  ``omit_joins`` leaves out those that make no difference, ``flatten_subqueries`` dissolves subqueries in FROM;
- sorting and limits: ``drop_sorts`` leaves out what nobody sees, ``top_k`` and ``push_limits`` bound what is kept;
- ``share_expressions`` marks what is computed once a row.

None asks what anything costs.
"""
