"""Which page size a file has, told by its pages where its header cannot be believed.

A B-tree page accounts for each of its bytes: cells, free blocks, counted fragments.  Bytes taken at another size
than they were written with, or from another place, do not.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i64

from foundrydb.storage.format.header import HEADER_SIZE
from foundrydb.storage.format.varint import varint_end
from foundrydb.storage.os.vfs import File
from foundrydb.storage.tree.nodes.node import (
    INTERIOR_HEADER,
    INTERIOR_INDEX,
    INTERIOR_TABLE,
    LEAF_HEADER,
    LEAF_INDEX,
    LEAF_TABLE,
    cell_end,
    is_leaf,
    u16,
)

PAGE_SIZES: Final = (512, 1024, 2048, 4096, 8192, 16384, 32768, 65536)
USUAL_SIZE: Final = 4096

BLOCK: Final = 65536
"""Bytes that are looked at together: a whole number of pages of any size."""

MOST_BLOCKS: Final = 16

UNUSUAL_RESERVES: Final = (8, 16, 32, 12, 24, 48, 64)
"""Bytes at the end of a page that checksums and ciphers are known to take."""


def find_page_size(file: File, believed: int, reserved: int) -> tuple[int, int]:
    """The page size of a file, and the bytes reserved at the end of each page.

    Args:
        believed: the page size that the header gives, which is preferred where the pages do not speak against it; 0
            where it gives none that can be.
        reserved: the reserved bytes that it gives.
    """
    blocks = _sample(file)
    reserves = [reserved, 0] if reserved else [0]
    best = _best(blocks, believed, reserves) if believed else None
    if best is None:
        best = _best(blocks, believed, reserves + [size for size in UNUSUAL_RESERVES if size != reserved])
    if best is not None:
        return best
    size = believed or USUAL_SIZE
    return size, reserved if size - reserved >= 480 else 0


def _sample(file: File) -> list[tuple[int, bytes]]:
    """Blocks of the file, spread over it, with their offsets."""
    count = -(-file.size() // BLOCK)
    step = max(count // MOST_BLOCKS, 1)
    return [(number * BLOCK, file.read(number * BLOCK, BLOCK)) for number in range(0, count, step)]


def _best(blocks: list[tuple[int, bytes]], believed: int, reserves: list[int]) -> tuple[int, int] | None:
    """The size and reserve for which the most bytes are those of pages; None where none are."""
    best: tuple[int, int] | None = None
    most = 0
    for reserved in reserves:
        for size in PAGE_SIZES:
            if size - reserved < 480:
                continue
            fitting = _count_fitting(blocks, size, reserved) * size
            if size == believed:
                fitting *= 2
            if fitting > most:
                most = fitting
                best = (size, reserved)
    return best


def _count_fitting(blocks: list[tuple[int, bytes]], size: int, reserved: int) -> int:
    count = 0
    for offset, block in blocks:
        for at in range(0, len(block) - size + 1, size):
            first = offset + at == 0
            if fits(block[at : at + size - reserved], HEADER_SIZE if first else 0):
                count += 1
    return count


def fits(page: bytes, head: i64) -> bool:
    """Whether these bytes, without the reserved ones, are a B-tree page whose bytes each have one use.

    Args:
        head: where its header begins.
    """
    usable: i64 = len(page)
    kind: i64 = page[head]
    if kind not in (LEAF_TABLE, LEAF_INDEX, INTERIOR_TABLE, INTERIOR_INDEX):
        return False
    content = u16(page, head + 5) or 65536
    pointers = head + (LEAF_HEADER if is_leaf(kind) else INTERIOR_HEADER)
    count = u16(page, head + 3)
    if content > usable or pointers + 2 * count > content:
        return False
    spans: list[int] = []
    if not _add_free_blocks(spans, page, u16(page, head + 1)) or not _add_cells(
        spans, page, kind, pointers, count
    ):
        return False
    spans.sort()
    fragments: i64 = 0
    end = content
    for span in spans:
        start: i64 = span >> 17
        if start < end:
            return False
        fragments += start - end
        end = span & 0x1FFFF
    return end <= usable and fragments + usable - end == page[head + 7]


def _add_free_blocks(spans: list[int], page: bytes, block: i64) -> bool:
    """Note where the free blocks begin and end; False where they make no sense."""
    usable: i64 = len(page)
    while block != 0:
        if block > usable - 4:
            return False
        size = u16(page, block + 2)
        following = u16(page, block)
        if size < 4 or block + size > usable or (following != 0 and following < block + size):
            return False
        spans.append(int(block << 17 | (block + size)))
        block = following
    return True


def _add_cells(spans: list[int], page: bytes, kind: i64, pointers: i64, count: i64) -> bool:
    """Note where the cells begin and end; False where they make no sense."""
    usable: i64 = len(page)
    child: i64 = 0 if is_leaf(kind) else 4
    try:
        for i in range(count):
            start = u16(page, pointers + 2 * i)
            if kind == INTERIOR_TABLE:
                end = varint_end(page, start + child)
            else:
                end = cell_end(page, start + child, kind, usable)
            if end < 0 or end > usable:
                return False
            spans.append(int(start << 17 | max(end, start + 4)))
    except IndexError:
        return False
    return True
