"""The language's keywords, as the scanner knows them."""

from __future__ import annotations

from functools import cache

from foundrydb.compiler.syntax.symbols import KEYWORD_WORDS


@cache
def keywords() -> frozenset[str]:
    """Every keyword, in capitals."""
    return frozenset(word.decode() for word in KEYWORD_WORDS if word)


def is_keyword(name: str) -> bool:
    """Whether ``name`` is spelled as a keyword."""
    return name.upper() in keywords()
