"""How results look, and where they go.

``modes`` are the output modes (``columnar`` those with columns), ``quoting_forms`` how a value looks in them,
``listings`` bytecode and query plans as text.  ``stream`` is where it all goes, ``opened_output`` a file that
another program opens. ``problems`` shows errors, ``progress`` long work.
"""
