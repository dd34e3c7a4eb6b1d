"""Errors as a person sees them: one line, the place in the text, and what may have been meant."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final

from foundrydb.errors import Error
from foundrydb.tools import late

_LONGEST: Final = 500
"""How much of a line of an error is shown: it may quote a token of any length."""


def nearest(word: str, candidates: Iterable[str], likeness: float = 0.6) -> str | None:
    """The candidate that ``word`` may be a misspelling of, or the beginning of.

    Args:
        likeness: how like it must be, from 0 to 1.
    """
    known = list(candidates)
    found = late.difflib.get_close_matches(word, known, n=1, cutoff=likeness)
    if found:
        return found[0]
    starting = [name for name in known if len(word) > 1 and name.startswith(word)]
    return starting[0] if starting else None


def report(message: str) -> None:
    """Print a line to standard error, after what went to standard output."""
    sys.stdout.flush()
    if not message.isprintable():
        message = late.diagnostics.printable(message)
    print(message, file=sys.stderr, flush=True)


def describe(problem: Error, prefix: str = "Error: ", first: int = 1) -> str:
    """An error with its place, as lines: the message; the line of SQL with a caret; the hint.

    Args:
        first: the number of the SQL's first line.
    """
    lines = (prefix + late.diagnostics.render(problem, first)).split("\n")
    return "\n".join(line if len(line) <= _LONGEST else line[:_LONGEST] + " …" for line in lines)
