"""The rollback journal: old images of pages, by which a transaction is undone.

``journal`` writes and reads it, ``hot_journal`` rolls back what a dead writer left behind, and ``super_journal`` is
the file that makes several journals end at once.
"""
