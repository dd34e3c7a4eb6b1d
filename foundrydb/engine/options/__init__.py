"""What a user may change of a connection, each declared once.

``settings`` are those that PRAGMAs show and change, ``configuration`` the switches beside them, ``limits`` how large a
statement and its values may be (``lowering`` them makes ``statement_limits`` and the ``length_guard`` hold statements
to that).  ``constants`` are the numbers by which SQLite knows them, and the others that the
package has names for.
"""
