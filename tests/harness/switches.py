"""Switches of the engine behind a connection, for tests that compare its ways.

Tests hold connections as ``Any``, two engines' in turn: a switch that is set there on an object that has none of this
name would do nothing, and the test compare a way with itself.  Here the type checker sees each of them.
"""

from __future__ import annotations

from collections.abc import Iterable

import foundrydb
from foundrydb.compiler.plan.optimizer import PASSES

NAMES = frozenset([each.name for each in PASSES] + ["formulas"])
"""What can be left out."""


def leave_out(connection: foundrydb.Connection, names: Iterable[str]) -> None:
    """Compile the next statements without these passes; ``formulas``: without the fast ways of code generation."""
    left_out = frozenset(names)
    assert left_out <= NAMES, f"no such passes: {sorted(left_out - NAMES)}"
    connection.engine.preparer.without = left_out


def lift_at_first_sight(connection: foundrydb.Connection, eager: bool = True) -> None:
    """Have literals become parameters wherever that is possible, or only where other statements were alike."""
    connection.engine.preparer.sharing.eager = eager
