"""The door to the operating system: files, their locks and shared memory, as storage asks for them.

``vfs`` says what a platform must do: a ``VFS`` opens, deletes and finds files, a ``File`` reads, writes, syncs and
locks; ``shared_memory`` is what connections have in common while a log is in use.

``os_vfs`` does it with the operating system: ``range_locks`` locks bytes of files, ``lock_levels`` makes SQLite's
levels of that, ``mapped_memory`` is shared memory; ``rare`` loads what is seldom needed.  ``lock_probe`` tells who
holds what, for those who only look.  ``memory_vfs`` does it all in memory, and ``overlay_vfs`` has new files
there over old ones elsewhere.  ``spill_file`` is a file in memory that
moves to the disk when it grows; ``busy`` tells how long to wait for a lock.

Nothing outside this room opens, locks, syncs or stats a file, or knows what system it runs on.
"""
