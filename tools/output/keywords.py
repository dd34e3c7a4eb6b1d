"""The language's keywords, as the scanner knows them, and how tokens are coloured."""

from __future__ import annotations

from functools import cache
from typing import Final

from foundrydb.compiler.syntax.symbols import KEYWORD_WORDS


@cache
def keywords() -> frozenset[str]:
    """Every keyword, in capitals."""
    return frozenset(word.decode() for word in KEYWORD_WORDS if word)


def is_keyword(name: str) -> bool:
    """Whether ``name`` is spelled as a keyword."""
    return name.upper() in keywords()


_CLASSES: Final = {
    "a string": "string",
    "a blob": "string",
    "an integer": "number",
    "a number": "number",
    "a parameter": "parameter",
    "comment": "comment",
    "illegal": "illegal",
}


def token_class(kind: str, text: str) -> str:
    """How a token is coloured: the name of a style, "" for plain names and signs."""
    return _CLASSES.get(kind) or (
        "keyword" if text.isalpha() and is_keyword(text) and kind != "a name" else ""
    )
