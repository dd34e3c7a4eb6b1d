"""All of the engine's own functions, from the files that declare them."""

from __future__ import annotations

from typing import Final

from foundrydb.vm.functions import (
    aggregates,
    core,
    datetimes,
    mathematics,
    patterns,
    printf,
    series,
    session,
    text,
)
from foundrydb.vm.functions.registry import FunctionRegistry
from foundrydb.vm.functions.scalar import Function

BUILTINS: Final[list[list[Function]]] = [
    core.FUNCTIONS,
    text.FUNCTIONS,
    patterns.FUNCTIONS,
    printf.FUNCTIONS,
    mathematics.FUNCTIONS,
    datetimes.FUNCTIONS,
    session.FUNCTIONS,
    aggregates.FUNCTIONS,
]
"""The declarations, by subject."""


def add_builtins(registry: FunctionRegistry) -> None:
    """Declare every function of the engine."""
    for functions in BUILTINS:
        for function in functions:
            registry.add(function)
    for table in series.FUNCTIONS:
        registry.add_table(table)


def builtin_registry() -> FunctionRegistry:
    """A registry with the engine's own functions."""
    registry = FunctionRegistry()
    add_builtins(registry)
    return registry
