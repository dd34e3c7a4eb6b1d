"""Paths such as ``$.a.b[3]``, and the way that they lead into JSONB.

A path is read once, and its steps are kept.  As in SQLite, a mistake in a path is one only where the way comes to it:
``$.x[`` finds nothing in ``{}``, and so is right there.

========== =============================================================
step       leads to
========== =============================================================
.label     the member of that label: the first one, of several
."label"   the same; what is within the quotes may have escapes
[N]        element N of an array, counted from 0 on
[#]        behind the last element of an array
[#-N]      element N from the array's end
========== =============================================================
"""

from __future__ import annotations

from typing import Final, final

from librt.vecs import append, vec
from mypy_extensions import i64, mypyc_attr

from foundrydb.errors import Error, error
from foundrydb.storage.format.values import UTF8, encode_text
from foundrydb.vm.functions.json.jsonb import (
    ARRAY,
    LONG,
    MAX_DEPTH,
    OBJECT,
    TEXT,
    TEXTRAW,
    element_end,
    is_digit,
    kind_at,
    malformed,
    payload,
)
from foundrydb.vm.functions.json.labels import same_label
from foundrydb.vm.functions.text.quoting import quoted

# What ``locate`` answers where a path leads nowhere.
NOT_FOUND: Final = -1
MALFORMED: Final = -2
BAD_PATH: Final = -3
TOO_DEEP: Final = -4
NOT_ARRAY: Final = -5

# Kinds of steps.
KEY: Final = 0
INDEX: Final = 1
FROM_END: Final = 2
BAD: Final = 3
BAD_INDEX: Final = 4
"""A mistake behind ``[``: one only in an array."""
BAD_FROM_END: Final = 5
"""A mistake behind ``[#-N``: one only in an array with so many elements."""

_MOST: Final = 0xFFFFFFFF
"""No array has so many elements; the digits of larger numbers are not read."""


@final
class PathStep:
    """One step of a path.

    kind: one of the constants above.  number: of an INDEX or FROM_END.
    key: the bytes of a KEY's label, and ``first`` the first of them; ``raw``: without escapes.
    end: where the step ends in the path's bytes.
    """

    def __init__(self, kind: int, number: int, key: bytes, raw: bool, end: int) -> None:
        self.kind: Final[i64] = kind
        self.number: Final[i64] = number
        self.key: Final = key
        self.raw: Final = raw
        self.end: Final = end
        self.first: Final[i64] = key[0] if key else -1


@final
class Path:
    """A path without its ``$``.

    Attributes:
        whole: its bytes, with that.
        steps: up to the first that is a mistake.
        ends_in_array: its last character is that of an array's step, or taken for one.
    """

    def __init__(self, text: bytes) -> None:
        self.steps: Final[list[PathStep]] = []
        self.text: Final = text
        self.whole: Final = b"$" + text
        at = 0
        while at < len(text):
            step = _step(text + b"\0", at)
            self.steps.append(step)
            if step.kind >= BAD:
                break
            at = step.end
        self.ends_in_array: Final = text.endswith(b"]")


def _step(text: bytes, at: int) -> PathStep:
    """The step at ``at``; the text ends with a NUL."""
    if text[at] == 0x2E:
        return _key(text, at + 1)
    return _index(text, at + 1) if text[at] == 0x5B else PathStep(BAD, 0, b"", True, at)


def _key(text: bytes, at: int) -> PathStep:
    begin = at
    if text[at] == 0x22:
        at += 1
        while text[at] != 0 and text[at] != 0x22:
            at += 2 if text[at] == 0x5C and text[at + 1] != 0 else 1
        if text[at] == 0:
            return PathStep(BAD, 0, b"", True, at)
        key = text[begin + 1 : at]
        return PathStep(KEY, 0, key, b"\\" not in key, at + 1)
    while text[at] not in b"\0.[":
        at += 1
    return PathStep(KEY if at > begin else BAD, 0, text[begin:at], True, at)


def _index(text: bytes, at: int) -> PathStep:
    begin = at
    number, at = _number(text, at)
    if at > begin and text[at] == 0x5D:
        return PathStep(INDEX, number, b"", True, at + 1)
    if text[begin] != 0x23:
        return PathStep(BAD_INDEX, 0, b"", True, at)
    at = begin + 1
    number = 0
    if text[at] == 0x2D and is_digit(text[at + 1]):
        number, at = _number(text, at + 1)
    return PathStep(FROM_END if text[at] == 0x5D else BAD_FROM_END, number, b"", True, at + 1)


def _number(text: bytes, at: int) -> tuple[int, int]:
    """The number at ``at``, and where it ends."""
    number = 0
    while is_digit(text[at]):
        if number < _MOST:
            number = number * 10 + text[at] - 0x30
        at += 1
    return number, at


_PATHS: Final[dict[str, Path]] = {}
"""Paths that were read lately, with their ``$``, or as what follows ``->``."""

_MOST_PATHS: Final = 200


def path_of(text: str) -> Path:
    """The path that a text is, from behind its ``$`` on, up to a NUL.

    Raises:
        OperationalError: it does not begin with one.
    """
    known = _PATHS.get(text)
    if known is None:
        if text[:1] != "$":
            raise path_error(BAD_PATH, text)
        if len(_PATHS) >= _MOST_PATHS:
            _PATHS.clear()
        known = Path(encode_text(text, UTF8)[1:].partition(b"\0")[0])
        _PATHS[text] = known
    return known


_ABBREVIATED: Final[dict[str, Path]] = {}
"""Paths of arrows that were read lately, by their texts."""


def abbreviated_path(text: str, number: bool) -> Path:
    """The path that stands to the right of an arrow: with its ``$``, or a label, or the number of an element."""
    if text[:1] == "$":
        return path_of(text)
    if number:
        return path_of(f"$[#{text}]" if text[0] == "-" else f"$[{text}]")
    known = _ABBREVIATED.get(text)
    if known is None:
        if len(_ABBREVIATED) >= _MOST_PATHS:
            _ABBREVIATED.clear()
        known = path_of("$" + _steps_of(text.partition("\0")[0]))
        _ABBREVIATED[text] = known
    return known


def _steps_of(text: str) -> str:
    """What a text without ``$`` means as a path: a label, unless it has the form of an array's step."""
    if all([char == "_" or (char.isascii() and char.isalnum()) for char in text]):
        return "." + text
    return text if text[0] == "[" and len(text) >= 3 and text[-1] == "]" else '."' + text + '"'


def path_error(outcome: i64, text: str) -> Error:
    """The error for a path that leads nowhere, where that is one."""
    if outcome == MALFORMED:
        return malformed()
    if outcome == TOO_DEEP:
        return error("JSON path too deep")
    what = "not an array element" if outcome == NOT_ARRAY else "bad JSON path"
    return error(f"{what}: {quoted(text)}")


@final
@mypyc_attr(acyclic=True)
class PathTrail:
    """What a walk tells who changes what it finds.

    Attributes:
        containers: where those containers are that it came through, the outermost first, ``depth`` of them.
        sizes: the sizes that their payloads come to have, once they are known.
        label: where the label of the member is that it found; 0 for an element of an array.
        missing: the number of the step that led nowhere, where a container could be given what it names; else -1.
        holder: where that container is.  end: where it ends.
    """

    def __init__(self) -> None:
        self.containers = vec[i64](capacity=8)
        self.sizes = vec[i64](capacity=8)
        self.depth: i64 = 0
        self.label: i64 = 0
        self.missing: i64 = -1
        self.holder: i64 = 0
        self.end: i64 = 0

    def begin(self) -> None:
        """Begin with another walk."""
        self.depth = 0
        self.label = 0
        self.missing = -1

    def enter(self, at: i64) -> None:
        """Come into the container at ``at``."""
        depth = self.depth
        if depth == i64(len(self.containers)):
            self.containers = append(self.containers, at)
            self.sizes = append(self.sizes, 0)
        else:
            self.containers[depth] = at
        self.depth = depth + 1


def locate(blob: bytes, path: Path, trail: PathTrail | None = None) -> i64:
    """Where the element is that a path leads to; NOT_FOUND, MALFORMED, BAD_PATH or TOO_DEEP where there is none."""
    at: i64 = 0
    steps = path.steps
    depth: i64 = 0
    while depth < len(steps):
        step = steps[depth]
        kind = step.kind
        if kind == BAD:
            return BAD_PATH
        if kind == KEY:
            found = _member(blob, at, step, depth, trail)
        else:
            found = _element(blob, at, step, depth, trail)
        if found < 0:
            return found
        depth += 1
        if depth >= MAX_DEPTH:
            return TOO_DEEP
        if trail is not None:
            trail.enter(at)
        at = found
    return at


def _member(blob: bytes, at: i64, step: PathStep, depth: i64, trail: PathTrail | None) -> i64:
    """Where the value of a member of the object at ``at`` is."""
    if kind_at(blob, at) != OBJECT:
        return NOT_FOUND
    key = step.key
    raw = step.raw
    size: i64 = len(key)
    length: i64 = len(blob)
    holder = at
    end = element_end(blob, at)
    if end < 0:
        end = at
    else:
        at = payload(blob, at)
    while at < end:
        header: i64 = blob[at]
        kind = header & 0x0F
        if kind < TEXT or kind > TEXTRAW:
            return MALFORMED
        start = at + 1
        value = start + (header >> 4)
        if header >= LONG:
            start = payload(blob, at)
            value = element_end(blob, at)
        if value < 0 or value >= end:
            return MALFORMED
        header = blob[value]
        if header & 0x0F > OBJECT:
            # A label that differs is passed over before its value is looked at; either way this is an error.
            return MALFORMED
        following = value + 1 + (header >> 4)
        if header >= LONG:
            following = element_end(blob, value)
        if following < 0 or following > length:
            return MALFORMED
        plain = kind in (TEXT, TEXTRAW)
        if plain and raw and (value - start != size or (size > 0 and i64(blob[start]) != step.first)):
            at = following
            continue
        if same_label(key, 0, size, raw, blob, start, value, plain):
            if following > end:
                return MALFORMED
            if trail is not None:
                trail.label = at
            return value
        at = following
    if at > end:
        return MALFORMED
    if trail is not None:
        trail.missing = depth
        trail.holder = holder
        trail.end = end
    return NOT_FOUND


def _element(blob: bytes, at: i64, step: PathStep, depth: i64, trail: PathTrail | None) -> i64:
    """Where an element of the array at ``at`` is."""
    if kind_at(blob, at) != ARRAY:
        return NOT_FOUND
    kind = step.kind
    if kind == BAD_INDEX:
        return BAD_PATH
    number = step.number
    if kind != INDEX:
        count = array_length(blob, at)
        if number > count:
            return NOT_FOUND
        if kind == BAD_FROM_END:
            return BAD_PATH
        number = count - number
    holder = at
    end = element_end(blob, at)
    if end < 0:
        end = at
    else:
        at = payload(blob, at)
    while at < end:
        if number == 0:
            if trail is not None:
                trail.label = 0
            return at
        number -= 1
        at = element_end(blob, at)
        if at < 0:
            return MALFORMED
    if at > end:
        return MALFORMED
    if number == 0 and trail is not None:
        trail.missing = depth
        trail.holder = holder
        trail.end = end
    return NOT_FOUND


def array_length(blob: bytes, at: i64) -> i64:
    """How many elements the array at ``at`` has."""
    end = element_end(blob, at)
    if end < 0:
        return 0
    at = payload(blob, at)
    count: i64 = 0
    while at < end:
        count += 1
        at = element_end(blob, at)
        if at < 0:
            return count
    return count
