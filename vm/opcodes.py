"""Every opcode, by name and by subject."""

from __future__ import annotations

from types import ModuleType
from typing import Final

from foundrydb.vm.instruction import Instruction
from foundrydb.vm.ops import (
    aggregates,
    arithmetic,
    calls,
    compare,
    control,
    cursors,
    ephemeral,
    formulas,
    logs,
    registers,
    rows,
    seek,
    sorter,
    subroutines,
    transactions,
    windows,
)

SUBJECTS: Final[list[tuple[str, ModuleType]]] = [
    ("Control flow", control),
    ("Subroutines, coroutines and programs of triggers", subroutines),
    ("Constants and registers", registers),
    ("Arithmetic", arithmetic),
    ("Comparison, logic and types", compare),
    ("Formulas", formulas),
    ("Casts and functions", calls),
    ("Aggregates", aggregates),
    ("Windows", windows),
    ("Cursors", cursors),
    ("Seeks", seek),
    ("Rows", rows),
    ("Ephemeral tables", ephemeral),
    ("Sorting", sorter),
    ("Transactions and schema", transactions),
    ("Logs", logs),
]
"""The modules that declare opcodes, in the order of the documentation."""


def opcodes_of(module: ModuleType) -> list[type[Instruction]]:
    """The opcodes that a module declares, in its order."""
    found = []
    for item in vars(module).values():
        if isinstance(item, type) and issubclass(item, Instruction) and item is not Instruction:
            found.append(item)
    return found


OPCODES: Final[dict[str, type[Instruction]]] = {
    opcode.__name__: opcode for _, module in SUBJECTS for opcode in opcodes_of(module)
}
"""Every opcode by its name."""
