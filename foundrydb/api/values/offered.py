"""Which values are offered to the adapters: those of types that SQL does not know, and all once an adapter asks."""

from __future__ import annotations

from typing import Final

PLAIN_ADAPTED: Final = [False]
"""Whether there is an adapter for a type that SQL knows; all values are offered to the adapters then."""


def adapt_plain_values() -> None:
    """Offer integers, reals and texts to the adapters too, from now on."""
    PLAIN_ADAPTED[0] = True
