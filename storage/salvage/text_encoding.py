"""Which encoding texts have, told by their bytes where the header does not tell."""

from __future__ import annotations

from typing import Final

from foundrydb.storage.format.header import META_ENCODING
from foundrydb.storage.format.values import UTF8, UTF16BE, UTF16LE, encode_text
from foundrydb.storage.salvage.cell_reader import CellReader
from foundrydb.storage.salvage.page_source import PageSource

TEXTS_LOOKED_AT: Final = 400
PAGES_LOOKED_AT: Final = 1000


def settle_encoding(source: PageSource) -> None:
    """Have the texts of a file read as what they are: as the header says, else as what most of them look like."""
    if source.field(META_ENCODING) in (UTF8, UTF16LE, UTF16BE):
        return
    source.encoding = UTF8
    votes = {UTF8: 1, UTF16LE: 0, UTF16BE: 0}
    reader = CellReader(source)
    left = TEXTS_LOOKED_AT
    for number in range(1, min(int(source.page_count), PAGES_LOOKED_AT) + 1):
        reader.open(number)
        while left > 0 and reader.next_record():
            for value in reader.fields:
                if isinstance(value, str) and len(value) > 1:
                    votes[_looks_like(encode_text(value, UTF8))] += 1
                    left -= 1
    source.encoding = max(votes, key=lambda encoding: votes[encoding])


def _looks_like(data: bytes) -> int:
    """The encoding of a text's bytes: in UTF-16 every other byte of most scripts' commonest characters is 0."""
    half = len(data) // 2
    if len(data) % 2 == 0:
        if data[1::2].count(0) * 2 > half:
            return UTF16LE
        if data[0::2].count(0) * 2 > half:
            return UTF16BE
    return UTF8
