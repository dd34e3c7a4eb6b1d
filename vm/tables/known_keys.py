"""Which keys a tree has, as far as somebody has looked: rows of a child often refer to the same few parents."""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64

from foundrydb.storage.tree.tree import BTree

UNKNOWN: Final = 0
ABSENT: Final = 1
PRESENT: Final = 2

_MOST: Final = 4096
"""So many keys are kept in mind."""


@final
class KnownKeys:
    """Keys of one tree, each as a hashable value; forgotten when the tree changes.

    Keys that are equal in Python are equal in SQL; one that another equals by a collating sequence alone is looked up.
    """

    def __init__(self, tree: BTree) -> None:
        self._tree: Final = tree
        self._keys: Final[dict[object, int]] = {}
        self._version: i64 = tree.version

    def look_up(self, key: object) -> int:
        """What is known of a key: UNKNOWN, ABSENT or PRESENT."""
        if self._version != self._tree.version:
            self._keys.clear()
            self._version = self._tree.version
            return UNKNOWN
        return self._keys.get(key, UNKNOWN)

    def note(self, key: object, there: bool) -> None:
        """Keep in mind whether there is a key that was looked up just now."""
        if self._version != self._tree.version:
            return
        if len(self._keys) >= _MOST:
            self._keys.clear()
        self._keys[key] = PRESENT if there else ABSENT
