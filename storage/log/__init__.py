"""What makes a transaction's changes whole or void, and has the files that this takes.

``transaction_log`` is the interface: what the pager asks of a log, in the order of a transaction, and what each log
promises.  ``opening`` says which log a database has.  ``rollback`` has those by which old images go to a journal, and
new ones to the database file; ``wal`` the one by which new images go to a file of their own.
"""

from foundrydb.storage.log import rollback, wal

__all__ = ["rollback", "wal"]
