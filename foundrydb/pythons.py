"""What the standard library's ``sqlite3`` does from one version of Python on, and not before.

Each Python that runs the package gets the interface that its own ``sqlite3`` has: the same names, and the same
warnings of what later versions take away.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

import foundrydb

HAS_CONFIG: Final = sys.version_info >= (3, 12)
"""``setconfig`` and ``getconfig``; the default adapters are on their way out."""

WARNS_OF_NAMES: Final = sys.version_info >= (3, 12)
"""Values in a sequence for parameters with names are on their way out."""

WARNS_OF_CALLS: Final = sys.version_info >= (3, 13)
"""Positional and keyword arguments are on their way to be one or the other; unclosed connections are reported."""

DUMPS_VIOLATIONS: Final = sys.version_info >= (3, 13)
"""Whether ``iterdump`` begins with a PRAGMA where rows refer to nothing by foreign keys."""

F = TypeVar("F", bound=Callable[..., Any])


def deprecated(message: str, level: int = 2) -> None:
    """Warn, at the place outside the package that led here: ``level`` calls away, where that has to be known."""
    if sys.version_info >= (3, 12):
        warnings.warn(
            message,
            DeprecationWarning,
            stacklevel=2,
            skip_file_prefixes=(os.path.dirname(__file__) + os.sep,),
        )
    else:
        warnings.warn(message, DeprecationWarning, stacklevel=level + 1)


def positional_later(*names: str) -> Callable[[F], F]:
    """Mark a method of ``Connection`` whose parameters of those names will be positional only."""

    def mark(method: F) -> F:
        if not WARNS_OF_CALLS:
            return method
        several = len(names) > 1
        quoted = _listed(names)
        message = (
            f"Passing keyword argument{'s' * several} {quoted} to _sqlite3.Connection.{method.__name__}() is "
            f"deprecated. Parameter{'s' * several} {quoted} will become positional-only in Python 3.15."
        )

        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            if kwargs and any(name in kwargs for name in names):
                deprecated(message)
            return method(*args, **kwargs)

        return call  # type: ignore[return-value]

    return mark


def keywords_later(function: str, names: tuple[str, ...]) -> Callable[[F], F]:
    """Mark ``connect`` or a constructor whose parameters will be taken by their names only, but for the first."""

    def mark(method: F) -> F:
        if not WARNS_OF_CALLS:
            return method
        most = 1 if method.__name__ == "connect" else 2
        message = (
            f"Passing more than 1 positional argument to {function}() is deprecated. Parameters {_listed(names)} "
            "will become keyword-only parameters in Python 3.15."
        )

        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            if len(args) > most:
                deprecated(message)
            return method(*args, **kwargs)

        return call  # type: ignore[return-value]

    return mark


def _listed(names: tuple[str, ...]) -> str:
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def passing_name(name: str) -> object:
    """What the package has under a name only in some versions of Python.

    Raises:
        AttributeError: in none, or not in this one.
    """
    if name in ("version", "version_info"):
        if HAS_CONFIG:
            deprecated(f"{name} is deprecated and will be removed in Python 3.14")
        text = foundrydb.__version__
        return text if name == "version" else tuple(int(part) for part in text.split("."))
    if not HAS_CONFIG and name == "OptimizedUnicode":
        deprecated("OptimizedUnicode is deprecated and will be removed in Python 3.12. Use str instead.", 3)
        return str
    if not HAS_CONFIG and name == "enable_shared_cache":
        return enable_shared_cache
    raise AttributeError(f"module 'foundrydb' has no attribute {name!r}")


def enable_shared_cache(do_enable: int) -> None:
    """Does nothing: connections share databases in memory by name, and nothing else."""
    deprecated(
        "enable_shared_cache is deprecated and will be removed in Python 3.12. Shared cache is strongly "
        "discouraged by the SQLite 3 documentation. If shared cache must be used, open the database in "
        "URI mode using the cache=shared query parameter."
    )
