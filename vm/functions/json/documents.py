"""The JSON that functions are given: text is made JSONB, and what was read last is kept.

A statement keeps the last few texts that its functions read, by their JSONB: a row's document is read once for all
functions that look into it, a constant one once for all rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from librt.strings import BytesWriter
from mypy_extensions import i64, mypyc_attr

from foundrydb.storage.format.values import UTF8, Value, encode_text
from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.functions.json.jsonb import (
    ARRAY,
    INT5,
    element_end,
    kind_at,
    malformed,
    payload,
)
from foundrydb.vm.functions.json.parse import END, JsonReader
from foundrydb.vm.functions.json.paths import PathTrail
from foundrydb.vm.functions.json.render import render_into, text_of_bytes
from foundrydb.vm.functions.json.validity import is_jsonb

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

KEPT: Final = 4
"""How many texts are kept."""

_KEPT_OUTPUT: Final = 1 << 16
"""Bytes of a writer whose room is used again."""

LONG: Final = 100
"""Texts of so many bytes are kept that a function made by changing a document."""


@final
@mypyc_attr(acyclic=True)
class Document:
    """A text that is JSON.

    Attributes:
        blob: its JSONB.
        extended: it has something that only JSON5 allows.
        asked: when it was last asked for.
    """

    def __init__(self, text: str, blob: bytes, extended: bool) -> None:
        self.asked: i64 = 0
        self.text: Final = text
        self.blob: Final = blob
        self.extended: Final = extended


@final
class Documents:
    """The documents that a statement keeps, what reads more of them, and what its functions make others with.

    Attributes:
        trail: for the walk of a function that is called.
    """

    def __init__(self) -> None:
        self.trail: Final = PathTrail()
        self._out = BytesWriter()
        self._kept: Final[list[Document]] = []
        self._last = Document("", b"", False)
        self._clock: i64 = 0
        self._reader: Final = JsonReader()

    def find(self, text: str) -> Document | None:
        """The document of a text, if it is kept: of several the one that was asked for last."""
        last = self._last
        if last.text is text and last.asked > 0:
            return last
        found: Document | None = None
        for document in self._kept:
            known = document.text
            if len(known) == len(text) and known == text and (found is None or document.asked > found.asked):
                found = document
        if found is not None:
            self._note(found)
        return found

    def _note(self, document: Document) -> None:
        """Note that a document was asked for."""
        self._clock += 1
        document.asked = self._clock
        self._last = document

    def keep(self, document: Document) -> None:
        """Keep one more, in the place of the one that was asked for longest ago."""
        kept = self._kept
        self._note(document)
        if len(kept) < KEPT:
            kept.append(document)
            return
        oldest: i64 = 0
        for i in range(1, KEPT):
            if kept[i].asked < kept[oldest].asked:
                oldest = i
        kept[oldest] = document

    def writer(self) -> BytesWriter:
        """An empty writer, for what a function makes before another one is called."""
        if i64(len(self._out)) > _KEPT_OUTPUT:
            self._out = BytesWriter()
        self._out.truncate(0)
        return self._out

    def read(self, text: str) -> Document | None:
        """Read a text, which is not kept; None if it is no JSON."""
        try:
            data = text.encode()
        except UnicodeEncodeError:
            data = encode_text(text, UTF8)
        reader = self._reader
        if not reader.parse(data + END):
            return None
        return Document(text, reader.blob(), reader.extended)


def document_of(text: str, context: Context) -> Document | None:
    """The document that a text is; None if it is none."""
    documents = documents_of(context)
    document = documents.find(text)
    if document is None:
        document = documents.read(text)
        if document is not None:
            documents.keep(document)
    return document


def documents_of(context: Context) -> Documents:
    """The documents of a statement."""
    documents = context.documents
    if documents is None:
        documents = Documents()
        context.documents = documents
    return documents


def rendered(blob: bytes, at: i64, context: Context, depth: i64 = 0) -> str:
    """The element at ``at`` as text; depth: how many containers count as being around it.

    Raises:
        OperationalError: it is malformed, or too deep.
    """
    out = documents_of(context).writer()
    render_into(out, blob, at, depth)
    return text_of_bytes(out.getvalue())


def document_like(value: Value, context: Context) -> Document | None:
    """An argument that is JSON, to be changed; None for NULL.

    Raises:
        OperationalError: it is no JSON.
    """
    if value is None:
        return None
    if isinstance(value, bytes) and is_jsonb(value):
        return Document("", bytes(value), False)
    document = document_of(text_of(value, context), context)
    if document is None:
        raise malformed()
    return document


def keep_changed(text: str, blob: bytes, context: Context) -> None:
    """Keep what was made of a document, if it is long, or has a hexadecimal number: as SQLite does.

    What is kept is not read again, and has forms of JSON5 that the text has not.
    """
    if len(text) < LONG and len(encode_text(text, UTF8)) < LONG and not _has_hexadecimal(blob):
        return
    documents_of(context).keep(Document(text, blob, False))


def jsonb_of(value: Value, context: Context) -> bytes | None:
    """An argument that is JSON as JSONB; None for NULL.

    A blob that is no JSONB is taken for text.

    Raises:
        OperationalError: it is no JSON.
    """
    if isinstance(value, str):
        document = document_of(value, context)
    elif value is None:
        return None
    elif isinstance(value, bytes) and is_jsonb(value):
        return bytes(value)  # without a subtype
    else:
        document = document_of(text_of(value, context), context)
    if document is None:
        raise malformed()
    return document.blob


def text_of(value: Value, context: Context) -> str:
    """The text that SQLite takes a value for, which is not NULL."""
    return to_text(value, context.encoding)


def _has_hexadecimal(blob: bytes) -> bool:
    """Whether there is a hexadecimal number in JSONB, before anything in it that does not hold together."""
    at: i64 = 0
    while 0 <= at < len(blob):
        kind = kind_at(blob, at)
        if kind == INT5:
            return True
        at = payload(blob, at) if kind >= ARRAY else element_end(blob, at)
    return False
