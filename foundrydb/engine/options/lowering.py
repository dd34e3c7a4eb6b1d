"""A connection's limits as they are changed, and all that depends on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.schema.limits import COLUMN_LIMIT
from foundrydb.engine.options.length_guard import LengthGuard
from foundrydb.vm.functions.text.patterns import Glob, Matching, like_functions
from foundrydb.vm.limits import MAX_LENGTH

if TYPE_CHECKING:
    from foundrydb.engine.engine import Engine


def set_limit(engine: Engine, category: int, limit: int) -> int:
    """Change a limit of a connection; see ``Limits.set``.

    Returns:
        What it was.

    Raises:
        ProgrammingError: there is no such category.
    """
    preparer = engine.preparer
    limits = preparer.limits
    patterns = limits.of("LIKE_PATTERN_LENGTH")
    before = limits.set(category, limit)
    preparer.limited = limits.are_lowered()
    engine.settings[COLUMN_LIMIT] = limits.of("COLUMN")
    engine.trigger_depth = limits.of("TRIGGER_DEPTH")
    engine.guard = LengthGuard(limits.length) if limits.length < MAX_LENGTH else None
    if limits.of("LIKE_PATTERN_LENGTH") != patterns:
        _limit_patterns(engine, limits.of("LIKE_PATTERN_LENGTH"))
    preparer.clear()
    return before


def _limit_patterns(engine: Engine, longest: int) -> None:
    """Give the connection LIKE and GLOB for patterns of so many bytes, where the user has not declared his own."""
    case_sensitive = bool(engine.settings.get("case_sensitive_like", 0))
    for function in [*like_functions(case_sensitive, longest), Glob(longest)]:
        if isinstance(engine.functions.find(function.name, function.max_args), Matching):
            engine.functions.add(function)
    engine.attached.expire()
