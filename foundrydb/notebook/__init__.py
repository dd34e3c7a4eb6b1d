"""SQL in a notebook: ``%load_ext foundrydb``, then ``%fdb`` and ``%%fdb``.

``extension`` is what IPython loads, and the only file here that needs it; ``session`` has the connection, and runs
what a cell says; ``asking`` reads a cell's options; ``shown`` is what a cell shows: rows, text, pictures.
"""
