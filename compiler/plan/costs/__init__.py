"""What ways there are to read rows, and what each costs.

``constraints`` collects the conditions that a search may serve; ``access_paths`` lists the ways to read a table
under them and picks the cheapest, ``index_search`` for one index, ``module_search`` for a virtual table, ``patterns``
for LIKE and GLOB, ``members`` for IN, ``hashed_access`` for rows that are kept by their key, and ``partial_indexes``
says whether an index holds every row wanted.
``estimates`` computes rows and costs of nodes, ``shares`` for how many rows a condition holds, ``sampled`` from an
index's samples where ANALYZE left some.

``orders`` knows in which order rows come, ``wanted_order`` in which they are wanted.
"""
