"""What makes a transaction's changes whole or void, and has the files that this takes.

``transaction_log`` is the interface: what the pager asks of a log, in the order of a transaction, and what each log
promises.  ``opening`` says which log a database has.  ``rollback`` has those that there are: old images go to a
journal, new ones to the database file.
"""

from foundrydb.storage.log import rollback

__all__ = ["rollback"]
