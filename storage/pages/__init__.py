"""The pager: a database file as numbered pages that change together or not at all.

``pager`` has the states of a transaction and the invariants; its lower half, ``page_store``, finds and changes pages.
A ``page`` is an image and what it says; ``page_cache`` keeps them in memory, and ``savepoint`` what they were when a
savepoint was opened.  What a transaction needs to count, or to be void, is below, in ``foundrydb.storage.log``.
"""
