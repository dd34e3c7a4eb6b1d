"""Changes of indexes that wait, so that they can be made in the order of their keys.

``backlog`` says when they wait and when they are made; ``waiting_records`` keeps them, ``pair_sort`` sorts them.
"""
