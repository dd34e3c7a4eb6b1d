"""Passes that choose how a plan is carried out.

``order_joins`` and ``choose_indexes`` decide on the order of joins and on the way into each table, by the estimates
of ``plan/costs``; ``unnest_exists`` (with ``unnesting``), ``transient_indexes``, ``hash_aggregation`` and
``materialize`` on what is kept while a statement runs; ``use_order``, ``merge_compounds`` and ``skip_duplicates``
make use of orders that indexes give.  The others are small and local (``count_rows``, ``one_pass``,
``look_up_members``, ``order_conditions``, ``read_index_keys``, ``reverse_unordered``).
"""

from foundrydb.compiler.plan.passes.physical import joins

__all__ = ["joins"]
