"""Transactions over the databases of a connection: what is changed in them stays, all of it or none.

``attached`` is the one list of databases; each entry says what the transaction does with its database.  ``running``
knows the statements that have begun and have not ended, ``failures`` what a failure leaves of a transaction, ``hooks``
whom to tell of it.
``transaction`` begins, commits and rolls back, and keeps the user's savepoints; ``statements`` is how a statement
begins and ends in it, with the savepoints that undo it alone.  Each asks only those named before it, and nobody here
knows how many databases there are.

They follow SQLite (https://sqlite.org/lang_transaction.html):

* outside BEGIN … COMMIT every statement is a transaction (``autocommit``), which ends when the last running
  statement ends;
* a statement that fails with ABORT undoes its own changes through a statement savepoint, when it is one that may
  fail half way (``Program.statement_journal``) and there is something else to keep;
* savepoints are opened in a database when it is first written to.

What holds after every statement, whatever failed on the way:

1. It has ended: it is not among those that run, holds no lock, and has no savepoint of its own.
2. Either it is undone and the transaction goes on, or there is no transaction any more (``autocommit``) and all of it
   is undone: that is so after a failed commit (but for SQLITE_BUSY), after whatever leaves more than a statement in
   doubt (``failures``), and where a statement cannot be undone alone.
3. A commit that fails has committed no database, a rollback has rolled back each, and always ends the transaction.  A
   file that cannot be put back at once is, by its journal, before it is next read (``Pager``, state ERROR).
4. Without a transaction and a running statement no database is being read or written, and no savepoint is open.
5. A database that is not being written has no savepoint; one that is has those of all the user's savepoints that were
   opened since.
6. What is undone of a schema is read again before a statement is compiled for it.
7. Other statements that stand on what is gone fail when they go on.
"""
