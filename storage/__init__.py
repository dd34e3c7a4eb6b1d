"""SQLite 3 files: the operating system, pages, the transaction log, B-trees and cursors.

Eight rooms; the first five know only those before them, the others these five:

1. ``os``      what is asked of a platform: files, their locks, shared memory; the operating system's, and memory's.
2. ``format``  bytes: the database header, records, variable-length integers, and the values that they stand for.
3. ``log``     changes that are whole or void: the database file's locks, the rollback journal, recovery.
4. ``pages``   the pager: a file as numbered pages that are cached, changed, and kept for savepoints.
5. ``tree``    B-trees over the pages, their cursors, the free pages; ``tree.database`` is what the machine opens.
6. ``copies``  whole databases made of others: page by page, or packed tree by tree.
7. ``check``   what ``PRAGMA integrity_check`` looks at.
8. ``salvage`` what a damaged file still holds, read without trust.

Read it from the top by following one row: a cursor (``tree.table_cursor``) asks the pager for a page
(``pages.page_store``), which has it in its cache or has it read (``log``, ``os``); what it finds there is a record
(``format.record``).
"""

from foundrydb.storage import check, copies, format, log, os, pages, salvage, tree

__all__ = ["check", "copies", "format", "log", "os", "pages", "salvage", "tree"]
