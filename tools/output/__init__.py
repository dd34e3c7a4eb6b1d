"""How results look, and where they go.

``writer`` says what an output mode is; ``modes`` has those that print a row at a time, ``columnar`` those with
columns; ``quoting_forms`` is how a value looks in them (``keywords``: names that must be quoted), ``listings``
bytecode and query plans as text.  ``stream`` is where it all goes, ``opened_output`` a file that another program
opens.  ``problems`` shows errors, ``files`` says that there is no file, ``progress`` shows long work
(``progress_bar``).
"""
