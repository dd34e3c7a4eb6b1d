"""The opcodes, by subject; each is one class.

- ``control``, ``subroutines``: jumps, coroutines, programs of triggers, and the ways a program ends;
- ``registers``, ``arithmetic``, ``calls``, ``compare`` (on ``compare_base``): values in registers;
- ``cursors``, ``seek``, ``rows``: opening and walking cursors, finding entries, reading and writing rows;
- ``ephemeral``, ``sorter``, ``aggregates``, ``windows``: rows that are held, and what is made of them;
- ``formulas``: fast ways in front of the general instructions;
- ``transactions``: transactions and savepoints, the header's fields, the schema;
- ``logs``: the journal mode, and checkpoints.
"""
