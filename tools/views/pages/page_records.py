"""The cells of a page with their records, value by value, as text and as JSON."""

from __future__ import annotations

import json
from typing import Any, Final

from foundrydb.api.values.literals import real_literal
from foundrydb.errors import error
from foundrydb.storage.format.values import Value
from foundrydb.tools.output.columnar import pad
from foundrydb.tools.views.excerpt import plural
from foundrydb.tools.views.key_text import short_value
from foundrydb.tools.views.pages.page_layout import KINDS, BTreePage, Cell, looks_like_btree
from foundrydb.tools.views.pages.record_layout import RecordField, RecordLayout, read_record
from foundrydb.tools.views.pages.survey import PageRole, Survey
from foundrydb.tools.views.pages.tree_schema import TreeSchema

VALUE_WIDTH: Final = 60


class CellChoice:
    """Which cells of a page are shown: one, or the first and last of them, or those around one.

    Attributes:
        only: the number of the one, None for all.
        limit: how many of all.
        around: the number of the one that the others lie around, None for the first and last of all.
    """

    def __init__(self, only: int | None = None, limit: int = 12, around: int | None = None) -> None:
        self.only: Final = only
        self.limit: Final = limit
        self.around: Final = around

    def of(self, page: BTreePage) -> tuple[list[Cell], int]:
        """The cells, and how many are left out before the second half of them.

        Raises:
            OperationalError: there is no such cell.
        """
        cells = page.cells
        if self.only is not None:
            if not 0 <= self.only < len(cells):
                known = f"cells 0 to {len(cells) - 1}" if cells else "no cells"
                raise error(f"there is no cell {self.only}: page {page.number} has {known}")
            return [cells[self.only]], 0
        if len(cells) <= self.limit:
            return cells, 0
        if self.around is not None and 0 <= self.around < len(cells):
            first = min(max(self.around - self.limit // 2, 0), len(cells) - self.limit)
            return cells[first : first + self.limit], len(cells) - self.limit
        head = self.limit - self.limit // 2
        return cells[:head] + cells[len(cells) - self.limit // 2 :], len(cells) - self.limit


def btree_page(survey: Survey, number: int, role: PageRole) -> BTreePage | None:
    """The page where it is one of a B-tree, else None."""
    data = survey.data(number)
    if role.text.startswith(("overflow", "freelist", "the lock")) or not looks_like_btree(number, data):
        return None
    return BTreePage(number, data, int(survey.pager.usable_size), survey.database.encoding)


def records_text(survey: Survey, page: BTreePage, schema: TreeSchema | None, choice: CellChoice) -> str:
    """The cells, each with its fields below it."""
    cells, left_out = choice.of(page)
    lines: list[str] = []
    for place, cell in enumerate(cells):
        if left_out and place == len(cells) - choice.limit // 2:
            lines += ["", f"… {plural(left_out, 'cell')} not shown"]
        lines += ["", *_cell_lines(page, cell, read_record(survey, page, cell), schema)]
    return "\n".join(lines) + "\n" if lines else ""


def _cell_lines(page: BTreePage, cell: Cell, record: RecordLayout, schema: TreeSchema | None) -> list[str]:
    lines = [f"cell {cell.index}, offset {cell.start}: {', '.join(_cell_parts(page, cell, record))}"]
    names = _names(record, schema)
    missing = schema.columns[len(names) :] if schema is not None and cell.record and not record.fault else []
    width = max([len(name) for name in [*names, *missing]], default=0)
    for name, field in zip(names, record.fields):
        kind = f"{field.type}, {plural(field.size, 'byte')}" if field.size else field.type
        alias = schema is not None and schema.kind == "table" and name == schema.rowid_alias
        shown = _field_text(field, cell, alias)
        lines.append(f"  {pad(name, width)}  serial type {field.serial:<4}  {kind:<18}  {shown}")
    lines += [f"  {pad(name, width)}  not stored: its default counts" for name in missing]
    if record.fault:
        lines.append(f"  !! {record.fault}")
    return lines


def _cell_parts(page: BTreePage, cell: Cell, record: RecordLayout) -> list[str]:
    parts = []
    if cell.child:
        parts.append(f"child page {cell.child}")
    if record.payload_varint:
        parts.append(f"payload {plural(cell.payload, 'byte')} ({_varint(record.payload_varint)})")
    if cell.rowid is not None and record.rowid_varint:
        parts.append(f"{'rowid' if page.leaf else 'key'} {cell.rowid} ({_varint(record.rowid_varint)})")
    if record.header:
        parts.append(f"record header {plural(record.header, 'byte')}")
    if cell.overflow:
        more = ", …" if record.chain_length > len(record.chain) else ""
        pages = ", ".join(map(str, record.chain))
        parts.append(
            f"{cell.local:,} bytes here, then overflow pages {pages}{more} ({record.chain_length:,} in all)"
        )
    return parts


def _varint(size: int) -> str:
    return f"a varint of {plural(size, 'byte')}"


def _names(record: RecordLayout, schema: TreeSchema | None) -> list[str]:
    """What each field is called; a number where the schema does not tell."""
    known = schema.columns if schema is not None else []
    return [known[i] if i < len(known) else f"field {i}" for i in range(len(record.fields))]


def _field_text(field: RecordField, cell: Cell, alias: bool) -> str:
    if alias and field.serial == 0:
        return f"the rowid: {cell.rowid}"
    value = field.value
    if isinstance(value, bytes) and field.size > VALUE_WIDTH // 2:
        return f"x'{value[: VALUE_WIDTH // 2].hex()}…'"
    return short_value(value, VALUE_WIDTH)


# JSON ---------------------------------------------------------------------------------------------------------


def page_json(page: dict[str, Any]) -> str:
    """A page as JSON.

    Args:
        page: as ``page_object`` makes it.
    """
    return json.dumps(page, indent=2, ensure_ascii=False) + "\n"


def page_object(
    survey: Survey, number: int, role: PageRole, schema: TreeSchema | None, choice: CellChoice
) -> dict[str, Any]:
    """The page as dictionaries and lists."""
    page = btree_page(survey, number, role)
    document: dict[str, Any] = {
        "page": number,
        "page_size": int(survey.pager.page_size),
        "role": role.text,
        "tree": role.root.name if role.root is not None else None,
    }
    if page is not None:
        document |= _btree_json(survey, page, schema, choice)
    return document


def _btree_json(
    survey: Survey, page: BTreePage, schema: TreeSchema | None, choice: CellChoice
) -> dict[str, Any]:
    cells, left_out = choice.of(page)
    result: dict[str, Any] = {
        "kind": KINDS[page.kind],
        "cell_count": page.cell_count,
        "content_start": page.content,
        "fragmented_bytes": page.fragments,
        "free_bytes": page.free,
        "freeblocks": [{"offset": at, "size": size} for at, size in page.freeblocks],
        "cells": [_cell_json(page, cell, read_record(survey, page, cell), schema) for cell in cells],
        "faults": page.faults,
    }
    if not page.leaf:
        result["rightmost_child"] = page.right
    if left_out:
        result["cells_not_shown"] = left_out
    return result


def _cell_json(
    page: BTreePage, cell: Cell, record: RecordLayout, schema: TreeSchema | None
) -> dict[str, Any]:
    result: dict[str, Any] = {"cell": cell.index, "offset": cell.start, "size": cell.end - cell.start}
    if cell.child:
        result["child"] = cell.child
    if cell.rowid is not None:
        result |= {"rowid": cell.rowid, "rowid_varint": record.rowid_varint}
    if record.payload_varint:
        result |= {"payload": cell.payload, "payload_varint": record.payload_varint, "local": cell.local}
    if record.header:
        result |= {"header": record.header, "header_varint": record.header_varint}
        names = _names(record, schema)
        result["fields"] = [_field_json(name, field) for name, field in zip(names, record.fields)]
    if cell.overflow:
        result["overflow"] = {"pages": record.chain, "count": record.chain_length}
    if record.fault:
        result["fault"] = record.fault
    return result


def _field_json(name: str, field: RecordField) -> dict[str, Any]:
    result = {"column": name, "serial_type": field.serial, "type": field.type, "offset": field.offset}
    result |= {"size": field.size, "value": _plain(field.value)}
    if not field.whole:
        result["cut"] = True
    return result


def _plain(value: Value) -> Any:
    """A value as JSON has it: a blob in hexadecimal, infinities as text, bytes that are no text replaced."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return real_literal(value)
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return value
