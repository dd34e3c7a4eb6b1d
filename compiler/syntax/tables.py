"""The parser's tables, loaded once (their layout: grammar/build.py)."""

from __future__ import annotations

from typing import Final

from librt.strings import read_i16_le
from mypy_extensions import i64

from foundrydb.grammar import tables

MAGIC: Final = 0x4644

DATA: Final[bytes] = tables()
"""The content of tables.bin."""

if read_i16_le(DATA, 0) != MAGIC:
    raise ImportError("grammar/tables.bin is damaged: run python -m foundrydb.grammar.build")

STATES: Final[i64] = i64(read_i16_le(DATA, 2))
TERMINALS: Final[i64] = i64(read_i16_le(DATA, 4))
RULES: Final[i64] = i64(read_i16_le(DATA, 8))
CELLS: Final[i64] = i64(read_i16_le(DATA, 10))
START_STATE: Final[i64] = i64(read_i16_le(DATA, 12))
END_STATE: Final[i64] = i64(read_i16_le(DATA, 14))

# Where the sections begin, in bytes.
ROWS_AT: Final[i64] = 16
GOTOS_AT: Final[i64] = ROWS_AT + 2 * STATES
DEFAULTS_AT: Final[i64] = GOTOS_AT + 2 * STATES
RULES_AT: Final[i64] = DEFAULTS_AT + 2 * STATES
TARGETS_AT: Final[i64] = RULES_AT + 6 * RULES
OWNERS_AT: Final[i64] = TARGETS_AT + 2 * CELLS


def lookup(state: i64, terminal: i64) -> i64:
    """What ``state`` does with ``terminal``: s + 1 to shift and go to s, -(r + 1) to reduce by r, 0 for an error."""
    row: i64 = i64(read_i16_le(DATA, ROWS_AT + 2 * state))
    cell = 2 * (row + terminal)
    if read_i16_le(DATA, OWNERS_AT + cell) == row:
        return i64(read_i16_le(DATA, TARGETS_AT + cell))
    return i64(read_i16_le(DATA, DEFAULTS_AT + 2 * state))


def goto(state: i64, nonterminal: i64) -> i64:
    """The state after ``nonterminal`` was made on top of ``state``."""
    row: i64 = i64(read_i16_le(DATA, GOTOS_AT + 2 * state))
    return i64(read_i16_le(DATA, TARGETS_AT + 2 * (row + nonterminal)))


def rule_nonterminal(rule: i64) -> i64:
    """The nonterminal that a rule makes."""
    return i64(read_i16_le(DATA, RULES_AT + 6 * rule))


def rule_length(rule: i64) -> i64:
    """How many symbols a rule takes."""
    return i64(read_i16_le(DATA, RULES_AT + 6 * rule + 2))


def rule_action(rule: i64) -> i64:
    """The number of the action that a rule runs."""
    return i64(read_i16_le(DATA, RULES_AT + 6 * rule + 4))
