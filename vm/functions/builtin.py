"""The engine's own functions, from the files that declare them; a file is loaded when one of its functions is called.

A name that no loaded file declares has the next one loaded, the most used first, so that a program that calls
``count`` and ``substr`` never keeps the calendar in memory.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from foundrydb.late import module_of
from foundrydb.vm.functions.registry import FunctionRegistry
from foundrydb.vm.functions.scalar import FINDERS, Function
from foundrydb.vm.modules.module import Module

SUBJECTS: Final = (
    "functions.core",
    "functions.aggregates",
    "functions.text.text_functions",
    "functions.text.patterns",
    "functions.text.printf",
    "functions.dates.datetimes",
    "functions.mathematics",
    "windows.functions",
    "functions.session",
    "functions.percentile",
    "functions.json.functions",
    "functions.json.changes",
    "functions.json.group",
)
"""The files of functions, in the order in which they are looked through."""

MODULES: Final = ("modules.series", "functions.json.json_each")
"""The files of the modules that are no PRAGMAs."""


def _functions(subject: str) -> list[Function]:
    functions: list[Function] = module_of("foundrydb.vm." + subject).FUNCTIONS
    return functions


def _modules(subject: str) -> list[Module]:
    modules: list[Module] = module_of("foundrydb.vm." + subject).MODULES
    return modules


def builtin_registry() -> FunctionRegistry:
    """A registry with the engine's own functions and modules."""
    registry = FunctionRegistry()
    for subject in SUBJECTS:
        registry.functions_later(partial(_functions, subject))
    for file in MODULES:
        registry.modules.later(partial(_modules, file))
    return registry


def _own_function(name: str, count: int) -> Function | None:
    return builtin_registry().find(name, count)


FINDERS.append(_own_function)
