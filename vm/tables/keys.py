"""Rowids as keys: reading one out of a value, seeking by one, and finding a new one."""

from __future__ import annotations

from collections.abc import Callable

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.cast import MAX_INTEGER, must_be_int, numeric_whole
from foundrydb.vm.slots import Slot, TableSlot

_RANDOM_TRIES = 100


def rowid_key(value: Value) -> int | None:
    """The rowid that ``value`` is equal to, or None when no rowid can be."""
    return must_be_int(numeric_whole(value) if isinstance(value, str) else value)


def seek_table(slot: Slot, key: Value, upwards: bool, or_equal: bool) -> bool:
    """Move to the row nearest to ``key`` on one side; False when there is none.

    Args:
        upwards: the first row above ``key``, else the last one below it.
        or_equal: a row with the rowid ``key`` itself will do as well.
    """
    assert isinstance(slot, TableSlot)
    if isinstance(key, str):
        number = numeric_whole(key)
        if number is not None:
            key = number
    if isinstance(key, int):
        return _seek_integer(slot, key, upwards, or_equal)
    if key is None:
        return False
    if isinstance(key, float):
        return _seek_real(slot, key, upwards, or_equal)
    return False if upwards else slot.last()


def _seek_integer(slot: TableSlot, key: int, upwards: bool, or_equal: bool) -> bool:
    found = slot.seek(key)
    if not slot.is_valid():
        return False
    if found == 0 and or_equal:
        return True
    if upwards:
        return found > 0 or slot.next()
    return found < 0 or slot.previous()


def _seek_real(slot: TableSlot, key: float, upwards: bool, or_equal: bool) -> bool:
    """A real between two rowids: the row above it is >= the next whole number, the one below <= the last."""
    if key >= 9223372036854775808.0:
        return False if upwards else slot.last()
    if key < -9223372036854775808.0:
        return slot.first() if upwards else False
    whole = int(key)
    if float(whole) == key:
        return _seek_integer(slot, whole, upwards, or_equal)
    below = whole if key > 0.0 else whole - 1
    return _seek_integer(slot, below + 1 if upwards else below, upwards, True)


def new_rowid(slot: TableSlot, random: Callable[[int], bytes]) -> int:
    """A rowid that the table does not use: one more than the largest, or a random one when that is the last.

    random: where random bytes come from.

    Raises:
        Error: ``SQLITE_FULL``, when no free one was found.
    """
    largest: i64 = slot.last_rowid()
    if largest < MAX_INTEGER:
        return int(largest + 1)
    for _ in range(_RANDOM_TRIES):
        candidate = (int.from_bytes(random(8), "big") >> 2) + 1
        if not slot.seek_exact(candidate):
            return candidate
    raise error("database or disk is full", "SQLITE_FULL")


def next_autoincrement(slot: TableSlot, used: Value) -> int:
    """A rowid larger than every one in the table, and than the largest that was ever ``used``.

    Raises:
        Error: ``SQLITE_FULL``, when the largest possible one was used.
    """
    largest = slot.last_rowid()
    if isinstance(used, int) and used > largest:
        largest = used
    if largest >= MAX_INTEGER:
        raise error("database or disk is full", "SQLITE_FULL")
    return max(largest, 0) + 1
