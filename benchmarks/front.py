"""Text to syntax tree: this package's parser beside sqlglot's and Lark's own, on one query."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator
from typing import Any

QUERY = """
SELECT c.name, sum(l.price * l.quantity) AS total,
       CASE WHEN sum(l.quantity) > 10 THEN 'bulk' ELSE 'retail' END AS kind
FROM customer AS c
JOIN orders AS o ON o.customer_id = c.id
JOIN line AS l ON l.order_id = o.id
WHERE c.country IN ('DE', 'FR') AND o.placed BETWEEN :since AND :until
  AND NOT EXISTS (SELECT 1 FROM refund)
GROUP BY c.name
ORDER BY total
"""


def micros(call: Callable[[], object], seconds: float = 0.6) -> float:
    """Microseconds of one call: the best of five rounds."""
    call()
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        count = 0
        while time.perf_counter() - start < seconds / 5:
            call()
            count += 1
        best = min(best, (time.perf_counter() - start) / count)
    return best * 1e6


def lark_replay() -> Callable[[], object]:
    """Lark's runtime on the same grammar, its lexer replaced by a list of ready tokens: its best case."""
    from conformance.lark_oracle import Oracle, OracleLexer
    from lark.lexer import Lexer

    from foundrydb.grammar.build import load_lark

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
    oracle.parse(QUERY)
    assert tokens, "no token was recorded"
    lark = load_lark(Replay)
    return lambda: lark.parse(QUERY)


def front_rows() -> list[tuple[str, float]]:
    """(parser, microseconds), this package first; parsers that are not installed are left out."""
    import foundrydb

    rows = [("foundrydb", micros(lambda: foundrydb.parse(QUERY)))]
    try:
        import sqlglot

        rows.append(("sqlglot", micros(lambda: sqlglot.parse(QUERY, read="sqlite"))))
    except ImportError:
        pass
    if importlib.util.find_spec("lark") is not None:
        rows.append(("Lark's own driver to a tree, tokens given", micros(lark_replay())))
    return rows
