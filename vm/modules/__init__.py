"""Virtual tables: rows that come from code, behind the interface by which FROM reads them all.

``module`` is the interface: a module, its virtual table, and cursors over that.  ``strategy`` is what the planner and
a table say to each other: a ``Request`` of conditions and an order, the ``Strategy`` that answers it.  ``registry``
finds a module by its name, and connects it at its first use.

The modules: ``series`` (``generate_series``); the PRAGMAs' are in ``compiler/codegen/pragmas/as_tables``, ``json_each``
and its kin in ``vm/functions/json``.
"""
