"""What the functions of the shell do; their hashes are those of ``.sha3sum``."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.syntax.resumption import read
from foundrydb.errors import Error, error
from foundrydb.storage.format.values import UTF8, Value, encode_text
from foundrydb.tools.shell.functions import base_texts, decimals, floats
from foundrydb.vm.arithmetic.cast import to_integer, to_text

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection

HASH_SIZES: Final = (224, 256, 384, 512)


def _text(value: Value) -> str:
    return "" if value is None else to_text(value, UTF8)


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else encode_text(_text(value), UTF8)


# -- files


def _readfile(connection: Connection, args: list[Value]) -> Value:
    if args[0] is None:
        return None
    try:
        return Path(_text(args[0])).read_bytes()
    except (OSError, ValueError):
        return None


def _writefile(connection: Connection, args: list[Value]) -> Value:
    """Folders that are missing are made; a failure is an error where a mode is given, and else NULL."""
    if args[0] is None:
        return None
    path = Path(_text(args[0]))
    mode = int(_text(args[2]) or 0) if len(args) > 2 else 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written = _put(path, args[1], mode)
        if len(args) > 3 and args[3] is not None:
            os.utime(path, (float(_text(args[3])),) * 2, follow_symlinks=False)
    except (OSError, ValueError):
        if len(args) > 2:
            raise error(f"failed to write file: {path}") from None
        return None
    return written


def _put(path: Path, content: Value, mode: int) -> Value:
    """Write a file, a symbolic link or a folder; how many bytes a file has."""
    if stat.S_ISLNK(mode):
        path.symlink_to(_text(content))
        return None
    if stat.S_ISDIR(mode):
        path.mkdir(exist_ok=True)
        path.chmod(stat.S_IMODE(mode))
        return None
    data = _bytes(content)
    path.write_bytes(data)
    if stat.S_IMODE(mode):
        path.chmod(stat.S_IMODE(mode))
    return len(data)


_KINDS: Final = {stat.S_IFREG: "-", stat.S_IFDIR: "d", stat.S_IFLNK: "l"}


def _lsmode(connection: Connection, args: list[Value]) -> Value:
    """As ``ls`` has it, but that kinds are files, folders and links, and the bits above the permissions not shown."""
    mode = to_integer(args[0], UTF8) & 0xFFFF
    return _KINDS.get(stat.S_IFMT(mode), "?") + stat.filemode(mode & 0o777)[1:]


def _edit(connection: Connection, args: list[Value]) -> Value:
    """Let somebody edit a value in a temporary file; it keeps its type, text or blob."""
    editor = _text(args[1]) if len(args) > 1 else os.environ.get("VISUAL", "")
    if not editor:
        raise error("no editor for edit()")
    with tempfile.TemporaryDirectory(prefix="fdb-edit") as folder:
        file = Path(folder, "value")
        file.write_bytes(_bytes(args[0]))
        if subprocess.run(f'{editor} "{file}"', shell=True, check=False).returncode:
            raise error("EDITOR returned non-zero")
        data = file.read_bytes()
    return data if isinstance(args[0], bytes) else data.decode("utf-8", "surrogateescape")


# -- regular expressions

_ENDS: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^]\\])*\]|\$", re.DOTALL)
"""What a ``$`` may stand in, where it means itself; and a ``$``."""


@lru_cache(256)
def _pattern(text: str, flags: int) -> re.Pattern[str]:
    """A regular expression: ``.`` is any character, ``$`` the end alone, classes such as ``\\d`` are of ASCII.

    Raises:
        OperationalError: it is none.
    """
    ends = _ENDS.sub(lambda found: r"\Z" if found[0] == "$" else found[0], text)
    try:
        return re.compile(ends, re.DOTALL | re.ASCII | flags)
    except re.error as problem:
        raise error(f"wrong regular expression: {problem.msg}") from None


def _matches(args: list[Value], flags: int) -> Value:
    if args[0] is None or args[1] is None:
        return None
    return int(_pattern(_text(args[0]), flags).search(_text(args[1])) is not None)


def _regexp(connection: Connection, args: list[Value]) -> Value:
    return _matches(args, 0)


def _regexpi(connection: Connection, args: list[Value]) -> Value:
    return _matches(args, re.IGNORECASE)


# -- hashes


def _sha3(connection: Connection, args: list[Value]) -> Value:
    size = _size(args)
    return None if args[0] is None else hashlib.new(f"sha3_{size}", _bytes(args[0])).digest()


def _sha3_query(connection: Connection, args: list[Value]) -> Value:
    size = _size(args)
    if args[0] is None:
        return None
    sql = _text(args[0])
    ends = [0, *[each.end for each in read(sql)]]
    return hash_of(connection, [sql[start:end] for start, end in pairwise(ends)], size)


def _size(args: list[Value]) -> int:
    size = args[1] if len(args) > 1 else 256
    if size not in HASH_SIZES:
        raise error("SHA3 size should be one of: 224 256 384 512")
    assert isinstance(size, int)
    return size


def hash_of(connection: Connection, queries: Iterable[str], size: int) -> bytes:
    """The hash of queries and their rows.

    Raises:
        OperationalError: one of them changes something, or is wrong.
    """
    digest = hashlib.new(f"sha3_{size}")
    for query in queries:
        text = query.encode()
        digest.update(b"S%d:%s" % (len(text), text))
        try:
            cursor = connection.execute(query)
        except Error as problem:
            raise error(f"error SQL statement [{query}]: {problem}") from None
        if cursor.description is None:
            raise error(f"non-query: [{query}]")
        while rows := cursor.fetchmany(1000):
            digest.update(b"".join([b"R" + b"".join([_hashed(value) for value in row]) for row in rows]))
    return digest.digest()


def _hashed(value: Value) -> bytes:
    """A value with its type and length before it."""
    if value is None:
        return b"N"
    if isinstance(value, int):
        return b"I" + value.to_bytes(8, "big", signed=True)
    if isinstance(value, float):
        return b"F" + struct.pack(">d", value)
    if isinstance(value, str):
        text = encode_text(value, UTF8)
        return b"T%d:%s" % (len(text), text)
    return b"B%d:%s" % (len(value), value)


BODIES: Final[dict[str, Callable[[Connection, list[Value]], Value]]] = {
    **base_texts.BODIES,
    **decimals.BODIES,
    **floats.BODIES,
    "edit": _edit,
    "lsmode": _lsmode,
    "readfile": _readfile,
    "regexp": _regexp,
    "regexpi": _regexpi,
    "sha3": _sha3,
    "sha3_query": _sha3_query,
    "writefile": _writefile,
}
"""What each does, by name: the connection, the arguments, the result."""
