"""File names as URIs: ``file:data.db?mode=ro&immutable=1`` (https://sqlite.org/uri.html)."""

from __future__ import annotations

from typing import Final

from foundrydb.errors import error

_MODES: Final = ("ro", "rw", "rwc", "memory")
_TRUE: Final = ("1", "on", "yes", "true")


class Target:
    """What to open, and how.

    Attributes:
        path: of the file; ``""`` for a private temporary database, the name of a shared one in memory.
        memory: the database lives in memory.
        shared: and is shared with other connections of this process that name it.
        read_only: it must not be written.
        must_exist: it must not be created.
        immutable: nobody changes it, so that no locks are needed.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.memory = False
        self.shared = False
        self.read_only = False
        self.must_exist = False
        self.immutable = False


def parse_target(database: str, uri: bool) -> Target:
    """What ``database`` names: a path, ``:memory:``, ``""``, or, where ``uri`` allows it, a ``file:`` URI.

    Raises:
        OperationalError: an authority other than localhost, or an unknown mode.
    """
    if not (uri and database[:5].lower() == "file:"):
        target = Target(database)
        target.memory = database == ":memory:"
        return target
    rest, _, _ = database[5:].partition("#")
    path, _, query = rest.partition("?")
    if path.startswith("//"):
        authority, slash, tail = path[2:].partition("/")
        if authority not in ("", "localhost"):
            raise error(f"invalid uri authority: {authority}")
        path = slash + tail
    target = Target(_unquote(path))
    for part in query.split("&"):
        if part:
            key, _, value = part.partition("=")
            _apply(target, _unquote(key), _unquote(value))
    if target.path == ":memory:":
        target.memory = True
    return target


def _apply(target: Target, key: str, value: str) -> None:
    """Take in one parameter; unknown ones mean nothing."""
    if key == "mode":
        if value not in _MODES:
            raise error(f"no such access mode: {value}")
        target.read_only = value == "ro"
        target.must_exist = value in ("ro", "rw")
        target.memory = value == "memory"
    elif key == "cache":
        if value not in ("shared", "private"):
            raise error(f"no such cache mode: {value}")
        target.shared = value == "shared"
    elif key == "immutable":
        target.immutable = value.lower() in _TRUE
    elif key == "vfs":
        raise error(f"no such vfs: {value}")


def _unquote(text: str) -> str:
    """Undo percent encoding; a NUL ends the text."""
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(text).decode("utf-8", "surrogateescape").partition("\0")[0]
