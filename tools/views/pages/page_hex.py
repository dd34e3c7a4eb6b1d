"""One page as annotated hex: every byte, and what it is."""

from __future__ import annotations

from typing import Final

from foundrydb.errors import error
from foundrydb.storage.format.values import ENCODING_NAMES
from foundrydb.storage.tree.nodes.node import u16, u32
from foundrydb.tools.views.key_text import short_value
from foundrydb.tools.views.pages.page_layout import KINDS, BTreePage, Cell, looks_like_btree
from foundrydb.tools.views.pages.survey import PageRole, Survey

_ROW: Final = 16


class ByteRange:
    """Bytes ``start`` to ``end`` of the page, and what they are."""

    def __init__(self, start: int, end: int, text: str) -> None:
        self.start: Final = start
        self.end: Final = end
        self.text: Final = text


def check_page_number(survey: Survey, number: int) -> None:
    """Make sure that the database has a page.

    Raises:
        OperationalError: it has none of that number.
    """
    count = int(survey.pager.page_count)
    if not 1 <= number <= count:
        known = "no pages" if count == 0 else "1 page" if count == 1 else f"pages 1 to {count}"
        raise error(f"there is no page {number}: the database has {known}")


def dump_page_text(survey: Survey, number: int, role: PageRole | None = None) -> str:
    """The page as text: what it is, then its regions with their bytes.

    Args:
        role: what it is, where that was asked for already.

    Raises:
        OperationalError: the database has no page of that number.
    """
    check_page_number(survey, number)
    data = survey.data(number)
    role = role or survey.role(number)
    regions, faults = page_regions(survey, number, role)
    lines = [f"page {number} of {survey.pager.page_count}, {len(data)} bytes: {role.text}", ""]
    for region in regions:
        lines.extend(_region_lines(data, region))
    lines.extend(f"!! {fault}" for fault in faults)
    return "\n".join(lines) + "\n"


def page_regions(survey: Survey, number: int, role: PageRole) -> tuple[list[ByteRange], list[str]]:
    """What each byte of a page is: regions without a gap, in order; and what is wrong with the page."""
    data = survey.data(number)
    usable = int(survey.pager.usable_size)
    faults: list[str] = []
    kind = role.text
    if "overflow" in kind:
        regions = _overflow_regions(data, usable)
    elif "freelist trunk" in kind:
        regions = _trunk_regions(data, usable)
    elif "freelist leaf" in kind or "lock-byte" in kind or not looks_like_btree(number, data):
        regions = [ByteRange(0, len(data), "not in use" if "freelist" in kind else "unknown")]
    else:
        layout = BTreePage(number, data, usable, survey.database.encoding)
        faults = layout.faults
        regions = _btree_regions(layout)
    return _filled(regions, usable, len(data)), faults


def _filled(regions: list[ByteRange], usable: int, size: int) -> list[ByteRange]:
    """The regions in order, with the gaps between them."""
    result: list[ByteRange] = []
    at = 0
    for region in sorted(regions, key=lambda each: each.start):
        if region.start > at:
            result.append(ByteRange(at, region.start, "not in use"))
        result.append(region)
        at = max(at, region.end)
    if at < usable:
        result.append(ByteRange(at, usable, "not in use"))
    if usable < size:
        result.append(ByteRange(usable, size, "reserved"))
    return [region for region in result if region.end > region.start]


def _region_lines(data: bytes, region: ByteRange) -> list[str]:
    """A region's bytes, sixteen a line; equal lines in a row are shown once."""
    lines: list[str] = []
    text = region.text
    at = region.start
    previous: bytes | None = None
    skipping = False
    while at < region.end:
        row = data[at : min(at + _ROW, region.end)]
        if row == previous and len(row) == _ROW and at + _ROW < region.end:
            if not skipping:
                lines.append("  *")
            skipping = True
        else:
            shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
            hexes = " ".join(f"{byte:02x}" for byte in row)
            lines.append(f"  {at:5} {hexes:<47}  {shown:<16}  {text}".rstrip())
            skipping = False
        text = ""
        previous = row
        at += _ROW
    return lines


def _overflow_regions(data: bytes, usable: int) -> list[ByteRange]:
    following = int(u32(data, 0))
    head = f"next page: {following}" if following else "no next page: the chain's end"
    return [ByteRange(0, 4, head), ByteRange(4, usable, "payload")]


def _trunk_regions(data: bytes, usable: int) -> list[ByteRange]:
    following, count = int(u32(data, 0)), int(u32(data, 4))
    count = min(count, usable // 4 - 2)
    leaves = ", ".join(str(u32(data, 8 + 4 * i)) for i in range(min(count, 8)))
    regions = [
        ByteRange(0, 4, f"next trunk page: {following}" if following else "no next trunk page"),
        ByteRange(4, 8, f"leaves: {count}"),
    ]
    if count:
        regions.append(ByteRange(8, 8 + 4 * count, f"leaf pages: {leaves}{', …' if count > 8 else ''}"))
    return regions


_HEADER: Final[tuple[tuple[int, int, str], ...]] = (
    (0, 16, "magic"),
    (16, 18, "page size: {value}"),
    (18, 19, "write version: {value} ({version})"),
    (19, 20, "read version: {value} ({version})"),
    (20, 21, "reserved bytes: {value}"),
    (21, 24, "payload fractions"),
    (24, 28, "change counter: {value}"),
    (28, 32, "size in pages: {value}"),
    (32, 36, "first freelist trunk: {value}"),
    (36, 40, "freelist pages: {value}"),
    (40, 44, "schema cookie: {value}"),
    (44, 48, "schema format: {value}"),
    (48, 52, "cache size: {value}"),
    (52, 56, "largest root page (auto-vacuum): {value}"),
    (56, 60, "text encoding: {value} ({encoding})"),
    (60, 64, "user version: {value}"),
    (64, 68, "incremental vacuum: {value}"),
    (68, 72, "application id: {value}"),
    (72, 92, "reserved for expansion"),
    (92, 96, "version valid for: {value}"),
    (96, 100, "written by SQLite version: {value}"),
)


def _header_regions(data: bytes) -> list[ByteRange]:
    """The database header of page 1."""
    regions = []
    for start, end, form in _HEADER:
        value = int.from_bytes(data[start:end], "big")
        if start == 16 and value == 1:
            value = 65536
        version = {1: "rollback journal", 2: "WAL"}.get(value, "unknown")
        encoding = ENCODING_NAMES.get(value, "not chosen yet")
        regions.append(ByteRange(start, end, form.format(value=value, version=version, encoding=encoding)))
    return regions


def _btree_regions(layout: BTreePage) -> list[ByteRange]:
    data, head = layout.data, layout.head
    first_free = int(u16(data, head + 1))
    regions = _header_regions(data) if layout.number == 1 else []
    regions += [
        ByteRange(head, head + 1, f"kind: {KINDS[layout.kind]}"),
        ByteRange(head + 1, head + 3, f"first freeblock: {first_free}" if first_free else "no freeblock"),
        ByteRange(head + 3, head + 5, f"cells: {layout.cell_count}"),
        ByteRange(head + 5, head + 7, f"cell content from: {layout.content}"),
        ByteRange(head + 7, head + 8, f"fragmented bytes: {layout.fragments}"),
    ]
    if not layout.leaf:
        regions.append(ByteRange(head + 8, head + 12, f"rightmost child: page {layout.right}"))
    if layout.cells:
        end = layout.pointers + 2 * len(layout.cells)
        regions.append(ByteRange(layout.pointers, end, f"cell pointers: {len(layout.cells)}"))
        gap = min(layout.content, layout.usable)
        if end < gap:
            regions.append(ByteRange(end, gap, "unallocated"))
    for at, size in layout.freeblocks:
        following = int(u16(data, at))
        regions.append(
            ByteRange(
                at,
                at + size,
                f"freeblock, {size} bytes, " + (f"next {following}" if following else "the last"),
            )
        )
    for cell in layout.cells:
        if cell.end > cell.start:
            regions.append(ByteRange(cell.start, min(cell.end, layout.usable), cell_text(layout, cell)))
    return regions


def cell_text(layout: BTreePage, cell: Cell) -> str:
    """What a cell holds, on one line."""
    parts = [f"cell {cell.index}:"]
    if cell.child:
        parts.append(f"child {cell.child}")
    if cell.rowid is not None:
        parts.append(f"{'rowid' if layout.leaf else 'key'} {cell.rowid}")
    if cell.fault:
        parts.append(f"!! {cell.fault}")
        return " ".join(parts)
    if cell.record:
        fields = layout.fields(cell)
        shown = (
            "unreadable record" if fields is None else ", ".join(short_value(value) for value in fields[:12])
        )
        more = ", …" if fields is not None and (len(fields) > 12 or cell.overflow) else ""
        parts.append(f"({shown}{more})")
    if cell.overflow:
        parts.append(f"{cell.payload} bytes, overflow page {cell.overflow}")
    return " ".join(parts)
