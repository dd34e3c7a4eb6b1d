"""The JSON functions.

Whatever they are given is made JSONB, SQLite's binary form of JSON; on its bytes they work, and of them they make text
again.  ``jsonb`` is that form, ``validity`` whether bytes have it.  ``parse`` makes it of text, with ``blanks`` and
``escapes``; ``render`` makes text of it.  ``paths`` finds an element, with ``labels``; ``edit`` changes one.

``values`` is what SQL values are as JSON and the other way round, ``subtype`` how a text says that it is JSON.
``documents`` keeps what was read last.  The functions themselves, on the base in ``function``: ``functions``,
``changes`` for those that change a document, ``group`` for the aggregates.  ``json_each`` is the modules of virtual
tables that are read like functions.
"""
