"""Any tree on one line, and as what JSON can hold."""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.trees.copies import in_order
from foundrydb.compiler.trees.fields import Entity, Fields


def dump(tree: Fields, spans: bool = False) -> str:
    """The tree on one line: ``Binary(operator='+', left=…, right=…)``; with ``[start:end]`` where asked."""
    pieces: list[str] = []
    waiting: list[object] = [_Open(tree)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            pieces.append(item)
        elif isinstance(item, _Open):
            waiting.extend(reversed(_pieces(item.value, spans)))
    return "".join(pieces)


@final
class _Open:
    """A value that ``dump`` has still to write."""

    def __init__(self, value: object) -> None:
        self.value: Final = value


def _is_open(value: object) -> bool:
    """Whether a value is a tree: an entity that is no part of one is shown by its name."""
    return isinstance(value, Fields) and (not isinstance(value, Entity) or value.is_entered())


def _pieces(value: object, spans: bool) -> list[object]:
    """A value as text and smaller values."""
    result: list[object] = []
    if isinstance(value, Fields) and _is_open(value):
        result.append(value.__class__.__name__)
        beside = value.beside()
        if spans and "start" in beside:
            result.append(f"[{beside['start']}:{beside['end']}]")
        result.append("(")
        first = True
        for name, item in value.fields():
            result.append(f"{name}=" if first else f", {name}=")
            result.append(_Open(item))
            first = False
        result.append(")")
    elif isinstance(value, (list, tuple)):
        opening, closing = ("(", ")") if isinstance(value, tuple) else ("[", "]")
        result.append(opening)
        for item in value:
            result.append(_Open(item))
            result.append(", ")
        if len(value) > 1 or (value and isinstance(value, list)):
            result.pop()
        elif value:
            result[-1] = ","
        result.append(closing)
    else:
        result.append(repr(value))
    return result


def json_object(tree: Fields) -> object:
    """The tree as dictionaries and lists: for a node its class as ``node``, its place where it has one, its fields."""
    done: dict[int, object] = {}
    for item in in_order(tree):
        made: dict[str, object] = {"node": item.__class__.__name__}
        made.update(item.beside())
        for name, value in item.fields():
            made[name] = _plain(value, done)
        done[id(item)] = made
    return done[id(tree)]


def _plain(value: object, done: dict[int, object]) -> object:
    """A field's value as JSON can hold it; what is no part of the tree by its name."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return [_plain(item, done) for item in value]
    if id(value) in done:
        return done[id(value)]
    return str(getattr(value, "name", value)) if not isinstance(value, Fields) else repr(value)
