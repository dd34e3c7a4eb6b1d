"""The bytes of a SQLite 3 file, and what they stand for.

``header`` is the table of the database header, ``file_shape`` what a header says of its file, ``page_numbers`` which
pages there can be.  ``varint`` and ``record`` are how rows and keys are written; ``values`` is what SQL sees of them:
storage classes, collations, encodings, and how a key compares.

Functions of bytes and values alone: nothing here opens a file or holds a page.
"""
