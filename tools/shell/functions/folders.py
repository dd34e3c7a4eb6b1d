"""``fsdir(path, dir)``: what is below a path, as a table: the path itself, then, if it is a folder, all that is in it.

Names are relative to ``dir``, where that is given.  Folders are walked as their entries are asked for, symbolic links
are not followed, and a file is read when its ``data`` is asked for: bytes of a file, the target of a link, NULL for
anything else.  A ``level`` (1 for the path itself) that the query bounds is not gone beyond.
(https://sqlite.org/cli.html#file_i_o_functions)
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from foundrydb.errors import error
from foundrydb.storage.format.values import UTF8, Value
from foundrydb.vm.arithmetic.cast import to_integer, to_text
from foundrydb.vm.modules.module import Module, VirtualCursor, VirtualTable, columns_of
from foundrydb.vm.modules.strategy import Request, Strategy

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

_LEVEL: Final = 4
_PATH: Final = 5
_FOLDER: Final = 6
"""Numbers of columns."""

_COSTS: Final = {True: 100.0, False: 1e50}
"""What a walk costs, by whether it is known where to begin."""

_BOUNDS: Final = {"=": 0, "<=": 0, "<": 1}
"""Conditions on the level, and how far below their value it stays."""

_ENDLESS: Final = 1 << 62


class FoundFile:
    """A file, a folder, or whatever else has a name.

    Attributes:
        name: its path, as the query has it.
        path: the same, as the operating system has it.
        status: what that says of it.
        level: how deep it is.
    """

    def __init__(self, name: str, path: str, level: int) -> None:
        self.name: Final = name
        self.path: Final = path
        self.level: Final = level
        try:
            self.status: Final = os.lstat(path)
        except (OSError, ValueError):
            raise error(f"cannot stat file: {path}") from None

    def data(self) -> Value:
        """What is in it; NULL where it cannot be read."""
        try:
            if stat.S_ISLNK(self.status.st_mode):
                return os.readlink(self.path)
            if not stat.S_ISREG(self.status.st_mode):
                return None
            with open(self.path, "rb") as file:
                return file.read()
        except OSError:
            return None


def walk(name: str, path: str, deepest: int) -> Iterator[FoundFile]:
    """A path, and what is below it.

    Args:
        deepest: the level that is not gone beyond.

    Raises:
        OperationalError: it is not there, or a folder cannot be read.
    """
    waiting = [iter([(name, path)])]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
            continue
        found = FoundFile(*entry, len(waiting))
        if found.level <= deepest:
            yield found
        if found.level < deepest and stat.S_ISDIR(found.status.st_mode):
            waiting.append(_entries(found))


def _entries(folder: FoundFile) -> Iterator[tuple[str, str]]:
    """Name and path of what is in a folder, in the operating system's order."""
    try:
        names = os.listdir(folder.path)
    except OSError:
        raise error(f"cannot read directory: {folder.path}") from None
    return iter([(f"{folder.name}/{name}", f"{folder.path}/{name}") for name in names])


class FolderCursor(VirtualCursor):
    """A walk."""

    def __init__(self, files: Iterator[FoundFile]) -> None:
        super().__init__()
        self._files: Final = files
        self._found: FoundFile | None = None
        self._count = 0

    def next(self) -> bool:
        """See ``VirtualCursor.next``."""
        self._found = next(self._files, None)
        self._count += 1
        return self._found is not None

    def column(self, i: int) -> Value:
        """See ``VirtualCursor.column``; the arguments are not told."""
        found = self._found
        assert found is not None
        if i == 0:
            return found.name
        if i == 1:
            return found.status.st_mode
        if i == 2:
            return int(found.status.st_mtime)
        if i == 3:
            return found.data()
        return found.level if i == _LEVEL else None

    def rowid(self) -> int:
        """See ``VirtualCursor.rowid``."""
        return self._count


class FolderTable(VirtualTable):
    """fsdir."""

    def __init__(self) -> None:
        columns = columns_of(["name", "mode", "mtime", "data", "level"], ["path", "dir"])
        super().__init__("fsdir", columns, direct_only=True)

    def choose(self, request: Request) -> Strategy | None:
        """Take the arguments, and a bound of the level; see ``VirtualTable.choose``.

        A strategy's text says what its values are: the letters of path, folder, and bound (``=``, ``<=``, ``<``).
        """
        taken: dict[str, int] = {}
        for i, condition in enumerate(request.conditions):
            if condition.several:
                continue
            if condition.column == _LEVEL and condition.op in _BOUNDS:
                taken[condition.op] = i
            elif condition.column in (_PATH, _FOLDER) and condition.op == "=":
                taken["path" if condition.column == _PATH else "dir"] = i
        cost = _COSTS["path" in taken]
        certain = [i for name, i in taken.items() if name not in _BOUNDS]
        return Strategy(0, " ".join(taken), list(taken.values()), certain, cost, cost)

    def open(self, number: int, text: str, values: list[Value], context: Context) -> VirtualCursor:
        """Begin a walk; see ``VirtualTable.open``.

        Raises:
            OperationalError: the path is not given, or NULL.
        """
        given = dict(zip(text.split(), values, strict=True))
        if "path" not in given:
            raise error("table function fsdir requires an argument")
        path, folder = given["path"], given.get("dir")
        if path is None:
            raise error("table function fsdir requires a non-NULL argument")
        name = to_text(path, UTF8)
        place = name if folder is None else f"{to_text(folder, UTF8)}/{name}"
        return FolderCursor(walk(name, place, _deepest(given)))


def _deepest(given: dict[str, Value]) -> int:
    """The level that conditions leave; what they compare with is tested again."""
    bounds = [
        to_integer(given[op], UTF8) - less for op, less in _BOUNDS.items() if isinstance(given.get(op), int)
    ]
    return min(bounds, default=_ENDLESS)


class Folders(Module):
    """fsdir."""

    def connect(self, arguments: list[str]) -> VirtualTable:
        """See ``Module.connect``."""
        return FolderTable()


MODULES: Final[list[Module]] = [Folders("fsdir", "The files and folders below a path.")]
