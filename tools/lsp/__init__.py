"""``fdb lsp``: an editor's server for SQL.

``requests`` is the table of what an editor asks; ``server`` keeps the session and tells what is wrong with a text.
A text is kept statement by statement (``documents``), with the schemas along it (``schemas``), which begin with that
of a database file and of the folder's other files (``workspace``).  When the schema changes, what speaks of the change
is looked at again (``dependencies``).  ``diagnostics`` puts together what is told of a text: mistakes, and what the
rules of ``fdb check`` find; ``publications`` has it in the protocol's form.  ``positions`` turns the protocol's places
into offsets.

What is told of a place: the statement and the schema there (``sights``), the names in it and what each means
(``occurrences``).  On these stand ``hovers``, ``completions``, ``references`` (definition, uses, another name),
``actions``, ``colours`` and ``outlines``.  None of them knows the protocol: they could serve a page as well.
"""
