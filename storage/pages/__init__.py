"""The pager: a database file as numbered pages that change together or not at all.

``pager`` has the states of a transaction and the invariants; its lower half, ``page_store``, finds and changes pages;
``page_cache`` keeps them in memory.  ``undo_log`` keeps what pages were when the transaction began, ``savepoint`` what
they were when a savepoint was opened.
"""
