"""The door to the operating system: files and their locks, as storage asks for them.

``vfs`` says what a platform must do: a ``VFS`` opens, deletes and finds files, a ``File`` reads, writes, syncs and
locks.  ``os_vfs`` does it with the operating system, by ``locks``, which makes SQLite's lock levels of byte-range
locks; ``memory_vfs`` does it in memory.  ``spill_file`` is a file in memory that moves to the disk when it grows.
``busy`` tells how long to wait for a lock.

Nothing outside this room opens, locks, syncs or stats a file, or knows what system it runs on.
"""
