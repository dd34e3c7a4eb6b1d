"""Places in a text as a browser counts them: in units of UTF-16, where Python counts characters.

Only characters beyond U+FFFF make a difference, so that most texts pass as they are.
"""

from __future__ import annotations

from typing import Any, Final

_PLACES: Final = ("start", "end")


def has_long_characters(text: str) -> bool:
    """Whether places differ in a text."""
    return any(character > "\uffff" for character in text)


def in_units(text: str, document: Any) -> Any:
    """A document with the places that it tells of a text as a browser counts them."""
    if not has_long_characters(text):
        return document
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if character > "\uffff" else 1))
    return _converted(document, units)


def in_characters(text: str, at: int) -> int:
    """A browser's place in a text as Python counts it."""
    if not has_long_characters(text):
        return max(0, min(at, len(text)))
    for place, character in enumerate(text):
        if at <= 0:
            return place
        at -= 2 if character > "\uffff" else 1
    return len(text)


def _converted(value: Any, units: list[int]) -> Any:
    if isinstance(value, list):
        return [_converted(item, units) for item in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for key, item in value.items():
        if key in _PLACES and isinstance(item, int):
            made[key] = _unit(item, units)
        elif key == "spans":
            made[key] = [[_unit(start, units), _unit(end, units)] for start, end in item]
        elif key == "statement":
            made[key] = [_unit(place, units) for place in item]
        elif key == "tokens" and item and isinstance(item[0], list):
            made[key] = [[_unit(start, units), _unit(end, units), color] for start, end, color in item]
        else:
            made[key] = _converted(item, units)
    return made


def _unit(place: int, units: list[int]) -> int:
    return units[place] if 0 <= place < len(units) else place
