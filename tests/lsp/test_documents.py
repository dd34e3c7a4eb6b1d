"""A text that is changed piece by piece is read as if it were read anew, and only what changed is read."""

from __future__ import annotations

from conformance.grammar_corpus import constructs
from hypothesis import given
from hypothesis import strategies as st

from foundrydb.tools.lsp.documents import OpenDocument
from foundrydb.tools.lsp.positions import Lines

STATEMENTS = constructs()
BITS = [
    "'",
    '"',
    ";",
    "(",
    ")",
    "select",
    " ",
    "\n",
    "create trigger x after insert on t begin ",
    "end;",
    "/*",
    "*/",
    "--",
    "x",
]


def shape(document: OpenDocument) -> list[tuple[str, bool, list[tuple[int, str]]]]:
    """The pieces with what is wrong with each."""
    return [
        (
            piece.text,
            piece.statement is None,
            [(each.offset - piece.origin, each.message) for each in piece.reading.mistakes]
            if piece.reading
            else [],
        )
        for piece in document.pieces
    ]


@given(st.lists(st.sampled_from(STATEMENTS), max_size=8), st.data())
def test_changes_are_read_as_the_whole_is(statements: list[str], data: st.DataObject) -> None:
    text = ";\n".join(statements)
    document = OpenDocument(text)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(st.sampled_from(BITS)) + text[end:]
        document.change(text)
        assert "".join(piece.text for piece in document.pieces) == text
        assert shape(document) == shape(OpenDocument(text))


def test_only_what_changed_is_read_anew() -> None:
    text = "select 1;\n" * 5_000
    document = OpenDocument(text)
    before = document.pieces
    at = 10 * 2_500
    document.change(text[:at] + "select 2, 'x" + text[at:])
    document.change(text[:at] + "select 2, 'x';" + text[at:])
    assert len(document.pieces) == 5_002
    assert sum(a is b for a, b in zip(before, document.pieces)) >= 2_490
    assert document.pieces[-1] is before[-1]


@given(st.text(alphabet="a😀é\r\n\u2028\t", max_size=30), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_places_and_offsets(text: str, encoding: str) -> None:
    lines = Lines(text, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] == "\r\n":
            continue  # within the end of a line there is no place
        line, character = lines.place(offset)
        assert lines.offset(line, character) == offset
    assert lines.offset(10_000, 0) == len(text) and lines.offset(-1, 5) == 0
    assert lines.offset(0, -3) == 0 and lines.offset(0, 10_000) == len(lines.line(0))


def test_places_in_a_long_line() -> None:
    """Each is found without counting what is before it."""
    lines = Lines("😀x" * 200_000)
    places = [lines.place(offset) for offset in range(0, 400_000, 2)]
    assert places == [(0, 3 * i) for i in range(200_000)]
    assert [lines.offset(*place) for place in places] == list(range(0, 400_000, 2))
    assert lines.offset(0, 1) == 0 and lines.offset(0, 599_999) == 399_999
