"""Why a row of a table is not in a statement's result: what of the statement dropped it.

``question`` reads the question, ``why_not`` takes it.  The answer is found by asking the database itself:
``occurrence`` finds where the statement reads the table; ``dissection`` puts the statement together again piece by
piece, joins first, then conditions, groups and limits, with the one row marked, and asks after each piece whether the
marked row is still there (``probe``).  The first piece after which it is not is the ``Answer``.  What plan carries the
statement out does not matter; what cannot be taken apart this way gets the answer that it cannot be told.
"""
