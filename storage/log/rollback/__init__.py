"""The rollback journal: old images of pages, by which a transaction is undone.

``rollback_log`` is the log of a database in a file, and has the invariants; ``private_log`` that of a database that
nobody else sees.  Both are a ``journaled_log``: they keep old images in a ``transaction_journal``, wherever PRAGMA
journal_mode has it.

``journal`` writes and reads one, ``hot_journal`` rolls back what a dead writer left behind, and ``super_journal`` is
the file that makes several journals end at once.  ``database_file`` is the file as one connection sees it: its locks,
and whether somebody has changed it.
"""
