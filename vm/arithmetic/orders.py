"""The order of two values, a bit each, and what is true in which order."""

from __future__ import annotations

from typing import Final

SMALLER: Final = 1
EQUAL: Final = 2
LARGER: Final = 4
NO_ORDER: Final = 0
"""A NULL has none."""

TRUE_FOR: Final = {
    "<": SMALLER,
    "<=": SMALLER | EQUAL,
    "=": EQUAL,
    "<>": SMALLER | LARGER,
    ">=": EQUAL | LARGER,
    ">": LARGER,
}
"""The orders that make a comparison true."""
