"""What calling a connection gives: a statement that is compiled and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from foundrydb.engine.statement import Prepared


class Handle:
    """An object that only the package itself makes."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Refuse to.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"cannot create '{cls.__module__}.{cls.__qualname__}' instances")


class Statement(Handle):
    """A compiled statement; it can be held, no more.

    Attributes:
        prepared: the statement, None for an empty text.
    """

    __module__ = "foundrydb"

    prepared: Prepared | None

    @classmethod
    def of(cls, prepared: Prepared | None) -> Statement:
        """The handle of a statement."""
        made: Statement = object.__new__(cls)
        made.prepared = prepared
        return made
