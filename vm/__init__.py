"""The virtual machine: it runs programs over registers and cursors.

``program`` is what it runs: a list of opcodes, each a class of ``ops`` (``instruction`` is their base, ``opcodes``
lists them, ``opcode_docs`` writes their page in the documents, ``shape`` sorts their operands).  ``verify`` checks
a program where it is tested, ``machine`` runs it, that of a trigger in an ``activation``, ``profile`` counts what it
costs, ``stepper`` stops it between two instructions, and ``listing`` and ``assembler`` show it as text.

A cursor is a ``slots.Slot``: ``tables`` holds the kinds (B-trees of a file, ephemeral tables, hash indexes, virtual
tables).  ``sorting`` sorts rows in bounded memory, ``formulas`` computes on machine numbers, ``arithmetic`` has SQL's
rules for values, ``functions`` the SQL functions, ``windows`` those over windows, ``modules`` the virtual tables.  A
register may hold a ``record``, ``limits`` says how large a value may be.  What the machine needs of a connection it
asks of its ``host``; the databases and what statements do in them are the room ``transactions``.  ``context`` is what a
SQL function may ask.
"""

from foundrydb.vm import arithmetic, formulas, functions, modules, ops, sorting, tables, transactions, windows

__all__ = [
    "arithmetic",
    "formulas",
    "functions",
    "modules",
    "ops",
    "sorting",
    "tables",
    "transactions",
    "windows",
]
