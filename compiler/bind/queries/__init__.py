"""Queries: from FROM to LIMIT.

``whole_query`` is the entry: WITH, a body, and LIMIT.  ``select`` binds SELECT and VALUES: the FROM clause by
``joins`` and ``relations``, ``*`` by ``stars``; ``aggregates`` finds calls where none may stand.  ``compound`` puts
SELECTs together, ``recursion`` those of a recursive common table; ``value_classes`` says which affinity their columns
have, ``reals`` converts what is read from a REAL one.

``query`` is what binding a query gives, ``column_names`` how its columns are called, and ``query_binding`` what all
of these know of one another.  ``expand`` asks whether all tables are there, where a query has been found wrong.
"""
