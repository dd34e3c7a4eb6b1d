"""Lark's runtime on the same grammar, its lexer replaced by a list of ready tokens: its best case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from conformance.lark_oracle import Oracle, OracleLexer
from lark.lexer import Lexer

from foundrydb.grammar.build import load_lark


def replay(query: str) -> Callable[[], object]:
    """What has Lark's runtime parse a query once."""
    tokens: list[Any] = []

    class Recorder(OracleLexer):
        def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
            for token in super().lex(lexer_state, parser_state):
                tokens.append(token)
                yield token

    class Replay(Lexer):
        __future_interface__ = True

        def __init__(self, conf: object) -> None: ...

        def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
            return iter(tokens)

    oracle = Oracle()
    Recorder.oracle = oracle
    oracle.lark.parser.lexer = Recorder(None)
    oracle.parse(query)
    assert tokens, "no token was recorded"
    lark = load_lark(Replay)
    return lambda: lark.parse(query)
