"""The SQL functions and the table that the shell has beyond SQLite's own.

``declarations`` makes them known to a connection, and is all that is loaded before one of them is called.  What they do
is in ``function_bodies`` (files, regular expressions, hashes, an editor), ``decimals``, ``floats`` and ``base_texts``;
``folders`` is the table ``fsdir``.
"""
