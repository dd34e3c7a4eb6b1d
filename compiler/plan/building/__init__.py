"""From syntax to a plan in its logical form, names bound on the way.

``builder`` is the entry, ``whole_query`` that to a query.  ``select`` plans SELECT and VALUES: the FROM clause by
``sources``, ``joins`` and ``arguments`` (of table-valued functions), ``*`` by ``stars``, GROUP BY by ``aggregation``.
``compound`` puts SELECTs together; ``value_classes`` says which affinity their columns have.  The room ``writes`` plans
INSERT, UPDATE and DELETE, ``schema_changes`` CREATE INDEX, REINDEX and CREATE TABLE AS.

``query_binding`` is what the parts know of one another, ``planned_query`` what planning a query gives; ``expand``
asks first whether all tables are there.  ``row_expressions`` binds a table's own expressions (DEFAULT, CHECK,
generated columns), ``declared_names`` notes what else CREATE TABLE and CREATE INDEX name.
"""

from foundrydb.compiler.plan.building import writes

__all__ = ["writes"]
