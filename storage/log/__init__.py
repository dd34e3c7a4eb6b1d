"""What makes a transaction's changes whole or void.

``database_file`` is the file as one connection sees it: its locks, and whether it has changed; ``wal_guard`` keeps a
write-ahead log away from it.  ``rollback`` is the journal of old images by which a transaction is undone.
"""
