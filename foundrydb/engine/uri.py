"""File names as URIs: ``file:data.db?mode=ro&immutable=1`` (https://sqlite.org/uri.html)."""

from __future__ import annotations

from typing import Any, Final

from foundrydb import late
from foundrydb.errors import error

_MODES: Final = {"ro": 1, "rw": 2, "rwc": 3, "memory": 0}
"""The access modes, and how much each allows: a later one in the same URI may not allow more."""


class OpenTarget:
    """What to open, and how.

    Attributes:
        path: of the file; ``""`` for a private temporary database, the name of a shared one in memory.
        memory: the database lives in memory.
        memory_file: and is a file to the pager, with a journal of any mode.
        shared: and is shared with other connections of this process that name it; of a file this means nothing, as
            each connection has a cache of its own.
        read_only: it must not be written.
        must_exist: it must not be created.
        immutable: nobody changes it: it is not locked, not written, and looked at once.
        unlocked: it is used without locks.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.memory = False
        self.memory_file = False
        self.shared = False
        self.read_only = False
        self.must_exist = False
        self.immutable = False
        self.unlocked = False


def parse_target(database: str, uri: bool) -> OpenTarget:
    """What ``database`` names: a path, ``:memory:``, ``""``, or, where ``uri`` allows it, a ``file:`` URI.

    Raises:
        OperationalError: an authority other than localhost, or an unknown mode.
    """
    if not (uri and database.startswith("file:")):
        target = OpenTarget(database)
        target.memory = database == ":memory:"
        return target
    rest, _, _ = database[5:].partition("#")
    path, _, query = rest.partition("?")
    if path.startswith("//"):
        authority, slash, tail = path[2:].partition("/")
        if authority not in ("", "localhost"):
            raise error(f"invalid uri authority: {authority}")
        path = slash + tail
    target = OpenTarget(_unquote(path))
    allowed = _MODES["rwc"]
    vfs = "unix"
    for part in query.split("&"):
        if part:
            key, _, value = part.partition("=")
            key, value = _unquote(key), _unquote(value)
            if key == "mode":
                allowed = _apply_mode(target, value, allowed)
            elif key == "vfs":
                vfs = value
            else:
                _apply(target, key, value)
    _apply_vfs(target, vfs)
    if target.path == ":memory:":
        target.memory = True
    return target


def _apply_mode(target: OpenTarget, value: str, allowed: int) -> int:
    """Take in an access mode; returns how much it allows."""
    if value not in _MODES:
        raise error(f"no such access mode: {value}")
    level = _MODES[value] or allowed
    if level > allowed:
        raise error(f"access mode not allowed: {value}", "SQLITE_PERM")
    target.memory = value == "memory"
    target.read_only = value == "ro"
    target.must_exist = value in ("ro", "rw")
    return level


def _apply(target: OpenTarget, key: str, value: str) -> None:
    """Take in one parameter; unknown ones mean nothing."""
    if key == "cache":
        if value not in ("shared", "private"):
            raise error(f"no such cache mode: {value}")
        target.shared = value == "shared"
    elif key == "immutable":
        target.immutable = _is_true(value)
    elif key == "nolock":
        target.unlocked = _is_true(value)


def _apply_vfs(target: OpenTarget, value: str) -> None:
    """Take in the name that C SQLite gives a platform: Unix, Unix without locks, or memory.

    Memory whose name begins with a slash is shared by the connections of this process.
    """
    if value == "memdb":
        target.memory = True
        target.memory_file = True
        target.shared = target.path.startswith("/")
        target.path = f"memdb:{target.path}"
    elif value == "unix-none":
        target.unlocked = True
    elif value != "unix":
        raise error(f"no such vfs: {value}")


def _is_true(value: str) -> bool:
    """Whether a parameter's value means yes, as a PRAGMA's would: digits that are no zero, or a word."""
    digits = value[: len(value) - len(value.lstrip("0123456789"))]
    return int(digits[:9]) % 256 != 0 if digits else value.lower() in ("on", "yes", "true")


def _unquote(text: str) -> str:
    """Undo percent encoding; a NUL ends the text."""
    parse: Any = late.parse
    given: bytes = parse.unquote_to_bytes(text)
    return given.decode("utf-8", "surrogateescape").partition("\0")[0]
