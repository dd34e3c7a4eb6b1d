"""Functions over windows: what they make of each row of a partition.

``partition`` holds the rows of one partition, in bounded memory.  ``frames`` says which of them a row's frame has, by
the ``edges`` at which it begins and ends.  ``columns`` are what functions make, row by row: aggregates over frames,
which let rows come and go, and ``extremes`` for those that are min() and max().  ``functions`` declares the functions
that need a window, ``ranks`` is what those make that know no frame.  ``window_slot`` is the cursor: rows go in, and
come out with what the functions make of them.
"""
