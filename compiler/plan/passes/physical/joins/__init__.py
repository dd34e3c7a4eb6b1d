"""The order of joins.

``join_region`` takes the joins of a plan apart into relations and conditions, and puts them together in another order;
``join_search`` finds the order that costs least; ``order_joins`` is the pass.
"""
