"""The plan's operators as loops: each yields rows to the code of its consumer.

``simple`` are the nodes without a loop over stored rows.  ``access``, ``seeks`` and ``index_access`` read tables,
``virtual`` virtual tables, ``derived`` subqueries; ``keeping`` holds rows that are read again, in tables and in indexes
made for the statement; ``joins`` nests loops; ``aggregation``, ``hash_aggregation``, ``ordering``, ``compound`` and
``merging`` hold rows or compare them with the one before, ``sorted_rows`` reads those that were sorted, ``windows``
adds to them what functions over windows make; ``recursion`` makes rows of rows.  ``output`` is the root: rows handed to
the caller.
"""
