"""From syntax to a plan in its logical form, names bound on the way.

``builder`` is the entry.  ``select`` plans SELECT and VALUES: the FROM clause by ``sources``, ``joins`` and
``arguments`` (of table-valued functions), ``*`` by ``stars``, GROUP BY by ``aggregation``; ``compound`` puts
SELECTs together.  ``changes`` plans INSERT, UPDATE and DELETE, with ``assignments``, ``upsert`` and
``whole_rows``.

``query_binding`` is what the parts know of one another, ``planned_query`` what planning a query gives; ``expand``
asks first whether all tables are there.  ``row_expressions`` binds a table's own expressions (DEFAULT, CHECK,
generated columns).
"""
