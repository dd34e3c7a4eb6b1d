"""From a bound statement to a plan in its logical form.

``builder`` is the entry; ``planner`` leads from what is bound to the function that plans it, and plans the subqueries
in expressions.  ``queries`` plans SELECT, VALUES and compounds, ``from_clause`` what they read, ``aggregation`` GROUP
BY, ``windows`` functions over windows, ``arguments`` the arguments of virtual tables.  ``writes`` plans INSERT, UPDATE
and DELETE, ``schema_changes`` the statements that change the schema and work on rows.
"""
