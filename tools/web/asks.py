"""What the page asks the server, as it came: JSON that anybody could have written."""

from __future__ import annotations

import json
from typing import Any, Final, final


class BadAsk(Exception):
    """A request that the page would not make."""


class Forgotten(Exception):
    """A request about something that there is not, or not any more."""


@final
class Ask:
    """The body of a request: an object, whose fields are checked as they are taken.

    Args:
        body: of the request.

    Raises:
        BadAsk: it is no JSON object.
    """

    def __init__(self, body: bytes) -> None:
        try:
            given = json.loads(body or b"{}")
        except (ValueError, RecursionError):
            raise BadAsk("this is no JSON") from None
        if not isinstance(given, dict):
            raise BadAsk("this is no JSON object")
        self._given: Final[dict[str, Any]] = given

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it has to be there."""
        value = self._given.get(name, default)
        if not isinstance(value, str):
            raise BadAsk(f"{name} is no text")
        return value

    def number(self, name: str, default: int | None = None) -> int:
        """An integer; without a default it has to be there."""
        value = self._given.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 1 << 53:
            raise BadAsk(f"{name} is no number")
        return value

    def flag(self, name: str) -> bool:
        """Whether a switch is on."""
        return self._given.get(name) is True

    def texts(self, name: str) -> dict[str, str]:
        """An object whose values are texts."""
        value = self._given.get(name, {})
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            raise BadAsk(f"{name} is no object of texts")
        return value
