"""The engine's own functions, from the files that declare them; a file is loaded when one of its functions is called.

A name that no loaded file declares has the next one loaded, the most used first, so that a program that calls
``count`` and ``substr`` never keeps the calendar in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from foundrydb.vm.functions.registry import FunctionRegistry
from foundrydb.vm.functions.scalar import FINDERS, Function
from foundrydb.vm.modules.module import Module


def _core() -> list[Function]:
    from foundrydb.vm.functions import core

    return core.FUNCTIONS


def _aggregates() -> list[Function]:
    from foundrydb.vm.functions import aggregates

    return aggregates.FUNCTIONS


def _text() -> list[Function]:
    from foundrydb.vm.functions.text import text_functions as text

    return text.FUNCTIONS


def _patterns() -> list[Function]:
    from foundrydb.vm.functions.text import patterns

    return patterns.FUNCTIONS


def _printf() -> list[Function]:
    from foundrydb.vm.functions.text import printf

    return printf.FUNCTIONS


def _datetimes() -> list[Function]:
    from foundrydb.vm.functions.dates import datetimes

    return datetimes.FUNCTIONS


def _mathematics() -> list[Function]:
    from foundrydb.vm.functions import mathematics

    return mathematics.FUNCTIONS


def _session() -> list[Function]:
    from foundrydb.vm.functions import session

    return session.FUNCTIONS


def _percentile() -> list[Function]:
    from foundrydb.vm.functions import percentile

    return percentile.FUNCTIONS


def _series() -> list[Module]:
    from foundrydb.vm.modules import series

    return series.MODULES


SUBJECTS: Final[tuple[Callable[[], list[Function]], ...]] = (
    _core,
    _aggregates,
    _text,
    _patterns,
    _printf,
    _datetimes,
    _mathematics,
    _session,
    _percentile,
)
"""What loads the files of functions, in the order in which they are looked through."""


def builtin_registry() -> FunctionRegistry:
    """A registry with the engine's own functions and modules."""
    registry = FunctionRegistry()
    for subject in SUBJECTS:
        registry.functions_later(subject)
    registry.modules.later(_series)
    return registry


def _own_function(name: str, count: int) -> Function | None:
    return builtin_registry().find(name, count)


FINDERS.append(_own_function)
