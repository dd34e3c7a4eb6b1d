"""JSONB changed at a path: removing, replacing and inserting elements, and merging objects (``json_patch``).

A change is spliced into the bytes, and the headers of the containers around it are made to fit.  What is not changed
keeps its bytes.  As in SQLite, a new element that is a little shorter than the one in whose place it comes gets a
longer header if that makes it as long, so that nothing else moves.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter
from mypy_extensions import i64, mypyc_attr

from foundrydb.vm.functions.json.jsonb import (
    ARRAY,
    FALSE,
    MAX_DEPTH,
    NULL,
    OBJECT,
    TEXT,
    TEXT5,
    TEXTRAW,
    copy_into,
    element_end,
    header,
    header_size,
    kind_at,
    malformed,
    payload,
    too_deep,
    write_header,
)
from foundrydb.vm.functions.json.labels import same_label
from foundrydb.vm.functions.json.paths import (
    BAD,
    BAD_FROM_END,
    BAD_PATH,
    FROM_END,
    INDEX,
    KEY,
    NOT_ARRAY,
    NOT_FOUND,
    TOO_DEEP,
    Path,
    PathStep,
    PathTrail,
    locate,
)

# What is done at a path.
REMOVE: Final = 1
REPLACE: Final = 2
INSERT: Final = 3
SET: Final = 4
ARRAY_INSERT: Final = 5


@final
@mypyc_attr(acyclic=True)
class Editing:
    """A document that is changed at one path after the other.

    Args:
        trail: is used by it alone, as long as it is.
        out: a writer that it uses when it changes something.

    Attributes:
        blob: its JSONB.
        spare: by how many levels it may be nested deeper when it is made text.  SQLite loses count of one where more
            than one level was made for the last path.
    """

    def __init__(self, blob: bytes, trail: PathTrail, out: BytesWriter) -> None:
        self.blob = blob
        self.spare: i64 = 0
        self._trail: Final = trail
        self._out: Final = out

    def change(self, path: Path, how: int, new: bytes) -> i64:
        """Change it at a path; an error of ``locate``'s, NOT_FOUND included, where that cannot be, else 0.

        Args:
            how: one of the constants above.
            new: the element that comes there.
        """
        blob = self.blob
        if not path.steps:
            if how in (REPLACE, SET):
                self.blob = _in_place(len(blob), new)
            return 0
        trail = self._trail
        trail.begin()
        self.spare = 0
        at = locate(blob, path, trail)
        if at >= 0:
            return self._change_element(path, how, new, at)
        if at != NOT_FOUND or trail.missing < 0 or how < INSERT:
            return at
        return self._extend(path, how, new)

    def _change_element(self, path: Path, how: int, new: bytes, at: i64) -> i64:
        """Change the element at ``at``."""
        trail = self._trail
        end = element_end(self.blob, at)
        if end < 0:
            end = at
        if how == REMOVE:
            self._splice(trail.label if trail.label > 0 else at, end, b"")
        elif how == ARRAY_INSERT:
            if not path.ends_in_array:
                return NOT_ARRAY
            self._splice(at, at, new)
        elif how != INSERT:
            self._splice(at, end, _in_place(end - at, new))
        return 0

    def _extend(self, path: Path, how: int, new: bytes) -> i64:
        """Put an element where a step of the path led nowhere, with what the steps after that ask for around it."""
        trail = self._trail
        number = int(trail.missing)
        if number + 1 < len(path.steps):
            self.spare = 1
        outcome = _refusal(path, how, number)
        if outcome < 0:
            return outcome
        made = new
        for step in reversed(path.steps[number + 1 :]):
            if step.kind == KEY:
                made = _labelled(step, made)
            made = header(OBJECT if step.kind == KEY else ARRAY, len(made)) + made
        if path.steps[number].kind == KEY:
            made = _labelled(path.steps[number], made)
        trail.enter(trail.holder)
        self._splice(trail.end, trail.end, made)
        return 0

    def _splice(self, start: i64, stop: i64, new: bytes) -> None:
        """Put other bytes from ``start`` to ``stop``, which lie in the trail's containers."""
        blob = self.blob
        trail = self._trail
        change = len(new) - (stop - start)
        i = trail.depth - 1
        if i >= 0 and element_end(blob, trail.containers[i]) < 0:
            self.blob = blob[:start] + new + blob[stop:]
            self._resize_one_by_one(change)
            return
        while i >= 0 and change != 0:
            at = trail.containers[i]
            begin = payload(blob, at)
            size = element_end(blob, at) - begin + change & 0xFFFFFFFF
            trail.sizes[i] = size
            change += header_size(size) - (begin - at)
            i -= 1
        # Those further out keep their headers.
        out = self._out
        out.truncate(0)
        last: i64 = 0
        i += 1
        while i < trail.depth:
            at = trail.containers[i]
            copy_into(out, blob, last, at)
            write_header(out, kind_at(blob, at), trail.sizes[i])
            last = payload(blob, at)
            i += 1
        copy_into(out, blob, last, start)
        out.write(new)
        copy_into(out, blob, stop, len(blob))
        self.blob = out.getvalue()

    def _resize_one_by_one(self, change: i64) -> None:
        """Make the containers fit one after the other, where the innermost one reaches past the end.

        It was given its element in the place of its own header, so that its size is read from what stands there now.
        """
        blob = self.blob
        i = self._trail.depth - 1
        while i >= 0 and change != 0:
            at = self._trail.containers[i]
            begin = payload(blob, at)
            size = element_end(blob + bytes(9), at) - begin
            if size < 0:
                size = 0
            resized = header(kind_at(blob, at), size + change & 0xFFFFFFFF)
            blob = blob[:at] + resized + blob[begin:]
            change += len(resized) - (begin - at)
            i -= 1
        self.blob = blob


def _refusal(path: Path, how: int, number: int) -> i64:
    """Why no element can be made for the steps from ``number`` on, as ``locate`` says it; 0 where one can."""
    steps = path.steps
    for i in range(number, len(steps)):
        step = steps[i]
        if i > number:
            if i >= MAX_DEPTH:
                return TOO_DEEP
            if step.kind in (INDEX, FROM_END, BAD_FROM_END) and step.number > 0:
                return NOT_FOUND
            if step.kind >= BAD:
                return BAD_PATH
        if how == ARRAY_INSERT and step.kind == KEY:
            if step.end == len(path.text) or not path.ends_in_array:
                return NOT_ARRAY
    return 0


def _labelled(step: PathStep, value: bytes) -> bytes:
    """A member of an object: the label that a step names, and its value."""
    return header(TEXTRAW if step.raw else TEXT5, len(step.key)) + step.key + value


def _in_place(old: i64, new: bytes) -> bytes:
    """The new element, with a longer header where that makes it as long as the old one, which has so many bytes."""
    spare = old - len(new)
    if not 1 <= spare <= 8 or kind_at(new, 0) <= FALSE:
        return new
    start = payload(new, 0)
    width = start + spare
    if width == 2:
        form = 0xC0
    elif width == 3:
        form = 0xD0
    elif width == 5:
        form = 0xE0
    elif width == 9:
        form = 0xF0
    else:
        return new
    size = len(new) - start
    return bytes((form | kind_at(new, 0),)) + int(size).to_bytes(int(width) - 1, "big") + new[start:]


# -- merging --------------------------------------------------------------------------------------------------------


@final
class ObjectMerge:
    """An object into which the members of another one are merged (RFC 7396).

    The target's members are looked at as far as they have to be; what comes behind is kept as it is.

    Args:
        target: the element that is changed; if it is no object it becomes one, without members.
        patch: the JSONB whose object at ``at`` is merged into it.

    Attributes:
        slot: the member that waits for the outcome of a merge of its own; -1 for a new one.
        label: the new one's label.
    """

    def __init__(self, target: bytes, patch: bytes, at: i64) -> None:
        self.slot = -1
        self.label = b""
        self.at: i64 = payload(patch, at)
        self.end: i64 = element_end(patch, at)
        self._target: Final = target
        self._start: Final[i64] = payload(target, 0)
        self._stop: i64 = element_end(target, 0)
        if self.end < 0 or self._stop < 0:
            raise malformed()
        self._size: Final[i64] = self._stop - self._start
        self._labels: Final[list[bytes]] = []
        self._values: Final[list[bytes]] = []
        self._next: i64 = self._start if kind_at(target, 0) == OBJECT else self._stop

    def find(self, label: bytes) -> int:
        """The place of the member of that label among those known so far; -1 for none."""
        start = payload(label, 0)
        raw = _is_raw(label)
        i = 0
        while True:
            if i == len(self._labels) and not self._read_one():
                return -1
            own = self._labels[i]
            if same_label(label, start, len(label), raw, own, payload(own, 0), len(own), _is_raw(own)):
                return i
            i += 1

    def _read_one(self) -> bool:
        """Look at the target's next member; False where there is none."""
        target = self._target
        at = self._next
        if at >= self._stop:
            return False
        value, following = member_bounds(target, at, self._stop)
        self._labels.append(target[at:value])
        self._values.append(target[value:following])
        self._next = following
        return True

    def value(self, slot: int) -> bytes:
        """The value of a member."""
        return self._values[slot]

    def replace(self, slot: int, value: bytes) -> None:
        """Give a member another value."""
        self._values[slot] = value

    def remove(self, slot: int) -> None:
        """Remove a member."""
        del self._labels[slot]
        del self._values[slot]

    def add(self, label: bytes, value: bytes) -> None:
        """Add a member behind all others, which are known by then."""
        self._labels.append(label)
        self._values.append(value)

    def result(self) -> bytes:
        """The object; its header stays as it was if the size does."""
        parts = [b""]
        for i in range(len(self._labels)):
            parts.append(self._labels[i])
            parts.append(self._values[i])
        parts.append(self._target[self._next : self._stop])
        body = b"".join(parts)
        if len(body) != self._size:
            return header(OBJECT, len(body)) + body
        first = self._target[0] & 0xF0 | OBJECT
        return bytes((first,)) + self._target[1 : self._start] + body


def _is_raw(label: bytes) -> bool:
    """Whether there are no escapes in a label."""
    kind = kind_at(label, 0)
    return kind in (TEXT, TEXTRAW)


def member_bounds(blob: bytes, at: i64, end: i64) -> tuple[i64, i64]:
    """Where the value of the member at ``at`` begins, and where it ends, in an object that ends at ``end``.

    Raises:
        OperationalError: there is no member, or it does not fit in.
    """
    kind = kind_at(blob, at)
    if kind < TEXT or kind > TEXTRAW:
        raise malformed()
    value = element_end(blob, at)
    if value < 0 or value >= end:
        raise malformed()
    following = element_end(blob, value)
    if following < 0 or following > end:
        raise malformed()
    return value, following


def merged(target: bytes, patch: bytes) -> bytes:
    """``target`` with ``patch`` merged into it.

    Raises:
        OperationalError: one of them is malformed, or the patch is nested too deep.
    """
    if kind_at(patch, 0) != OBJECT:
        return _in_place(len(target), patch)
    open_merges = [ObjectMerge(target, patch, 0)]
    while True:
        merge = open_merges[-1]
        if merge.at >= merge.end:
            made = merge.result()
            open_merges.pop()
            if not open_merges:
                return made
            outer = open_merges[-1]
            if outer.slot >= 0:
                outer.replace(outer.slot, made)
            else:
                outer.add(outer.label, made)
            continue
        value, following = member_bounds(patch, merge.at, merge.end)
        label = patch[merge.at : value]
        merge.at = following
        slot = merge.find(label)
        kind = kind_at(patch, value)
        if kind == NULL:
            if slot >= 0:
                merge.remove(slot)
            continue
        if (slot >= 0 or kind == OBJECT) and len(open_merges) > MAX_DEPTH:
            raise too_deep()
        if kind != OBJECT:
            element = patch[value:following]
            if slot >= 0:
                merge.replace(slot, _in_place(len(merge.value(slot)), element))
            else:
                merge.add(label, element)
            continue
        merge.slot = slot
        merge.label = label
        open_merges.append(ObjectMerge(merge.value(slot) if slot >= 0 else b"\0", patch, value))
