"""Whether labels of objects are the same text, with or without escapes."""

from __future__ import annotations

from mypy_extensions import i64

from foundrydb.vm.functions.json.escapes import Escape, utf8_point, utf8_size


def same_label(a: bytes, start: i64, stop: i64, raw: bool, b: bytes, at: i64, end: i64, raw_b: bool) -> bool:
    """Whether the bytes of ``a`` from ``start`` to ``stop`` name what those of ``b`` from ``at`` to ``end`` do.

    raw, raw_b: there are no escapes in them.
    """
    if not raw or not raw_b:
        return _points(a, start, stop, raw) == _points(b, at, end, raw_b)
    if stop - start != end - at:
        return False
    while start < stop:
        if a[start] != b[at]:
            return False
        start += 1
        at += 1
    return True


def _points(data: bytes, at: i64, end: i64, raw: bool) -> list[int]:
    """The characters of a label, up to the first that is 0."""
    points: list[int] = []
    while at < end:
        if raw or data[at] != 0x5C:
            size = utf8_size(data, at, end)
            point = utf8_point(data, at, size)
        else:
            escape = Escape(data, at, end)
            size = escape.size
            point = escape.point
        if point == 0:
            break
        points.append(int(point))
        at += size
    return points
