"""The write-ahead log: new pages go into a file of their own, and are copied into the database later.

``write_ahead_log`` is the log as the pager sees it, and has the invariants.  A transaction through it: ``read_lock``
fixes the last commit that is read; ``wal_index``, which all connections share, tells which frame of ``log_file`` has a
page; ``frame_writer`` appends the frames of a transaction.  Between transactions ``checkpoint`` copies frames back, so
that the log can begin anew, and ``recovery`` makes the index anew when nobody has kept it.  ``checksum`` tells a frame
that was written whole from one that was not.

All of it is SQLite's, byte for byte and lock for lock, so that connections of both share one database.
"""
