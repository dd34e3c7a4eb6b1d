"""Whether two trees say the same.

Places in the text, estimates and origins do not count.  An entity of one tree corresponds to one of the other, wherever
either stands; where a tree does not make an entity but refers to one outside, the two must have the same number.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.trees.fields import Entity, Fields, Outside, inner


def equal(a: Fields, b: Fields, shares: bool = False) -> bool:
    """Whether two trees say the same.

    shares: trees of this kind have no entities, so that what is one object in both need not be looked into.
    """
    return _Comparison(shares).run(a, b)


def same_constant(a: object, b: object) -> bool:
    """Whether two values without parts are the same value of the same class: 1 and 1.0 are not, nor 0.0 and -0.0."""
    if a is b:
        return True
    if a.__class__ is not b.__class__:
        return False
    if isinstance(a, float):
        return repr(a) == repr(b)
    if isinstance(a, Outside) and isinstance(b, Outside):
        return a.identity() == b.identity()
    return a == b


def hash_of(tree: Fields) -> int:
    """A hash that is the same for trees that say the same."""
    total = 0
    waiting: list[Fields] = [tree]
    while waiting:
        item = waiting.pop()
        total = hash((total, item.__class__.__name__))
        if isinstance(item, Entity):
            continue
        values = item.values_of_fields()
        for value in values:
            if value is None or isinstance(value, (str, int, float, bytes)):
                total = hash((total, value))
        waiting.extend(inner(values))
    return total


@final
class _Comparison:
    """Compares two trees in step; ``left`` and ``right`` are what is still to be compared."""

    def __init__(self, shares: bool) -> None:
        self.shares: Final = shares
        self.left: Final[list[Fields]] = []
        self.right: Final[list[Fields]] = []
        self.matches: Final[dict[int, Entity]] = {}
        self.matched: Final[dict[int, Entity]] = {}
        self.others: Final[set[int]] = set()
        self.made: Final[set[int]] = set()

    def run(self, a: Fields, b: Fields) -> bool:
        """The answer."""
        if not self._same(a, b):
            return False
        while self.left:
            x = self.left.pop()
            y = self.right.pop()
            if x.__class__ is not y.__class__:
                return False
            self.made.update([id(entity) for entity in x.made_entities()])
            if not self._same_items(x.values_compared(), y.values_compared()):
                return False
        for key, entity in self.matched.items():
            if key not in self.made and entity.number_of() != self.matches[key].number_of():
                return False
        return True

    def _same(self, v: object, w: object) -> bool:
        """Whether two values are the same as far as can be seen now; what is within them is compared later."""
        if isinstance(v, Entity):
            return isinstance(w, Entity) and self._correspond(v, w)
        if isinstance(v, Fields):
            if not isinstance(w, Fields):
                return False
            if not (self.shares and v is w):
                self.left.append(v)
                self.right.append(w)
            return True
        if isinstance(v, list):
            return isinstance(w, list) and self._same_items(v, w)
        if isinstance(v, tuple):
            return isinstance(w, tuple) and self._same_items(list(v), list(w))
        return same_constant(v, w)

    def _same_items(self, v: list[object], w: list[object]) -> bool:
        if len(v) != len(w):
            return False
        return all([self._same(v[i], w[i]) for i in range(len(v))])

    def _correspond(self, x: Entity, y: Entity) -> bool:
        """Whether two entities can be each other's; new ones are compared later."""
        known = self.matches.get(id(x))
        if known is not None:
            return known is y
        if id(y) in self.others:
            return False
        self.matches[id(x)] = y
        self.matched[id(x)] = x
        self.others.add(id(y))
        self.left.append(x)
        self.right.append(y)
        return True
