"""The SQL functions, by subject; each is one declaration.

``scalar`` and ``accumulator`` say what a function and an aggregate function declare. ``registry`` finds a function by
name and number of arguments, and holds the modules of virtual tables; ``builtin`` knows which file declares which of
the engine's own, and loads it at the first call.  ``user`` and ``callbacks`` are functions that a user wrote,
``user_module`` modules.

The subjects: ``core``, ``mathematics``, ``aggregates``, ``percentile``, ``session``, and the rooms
``text``, ``dates`` and ``json``; ``conversions`` has what no SQL text calls by name.
"""

from foundrydb.vm.functions import dates, json, text

__all__ = ["dates", "json", "text"]
