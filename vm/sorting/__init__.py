"""Sorting rows in bounded memory.

``sorter`` takes rows in until they outgrow its budget and writes them to a temporary file as a sorted run;
``runs`` merges such runs, which ``packing`` makes bytes of.  In memory ``row_sort`` sorts by a key at the speed of
Python's own sort, or, where the key is one integer, ``radix`` by its digits (``digit_sort``).
``row_blocks`` keeps rows in a temporary file for queues and windows, in the order in which they come.
"""
