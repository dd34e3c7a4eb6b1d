"""Text to syntax tree: this package's parser beside sqlglot's and Lark's own, on one query."""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Callable

from benchmarks.engines import OURS, module

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


def front_rows() -> list[tuple[str, float]]:
    """(parser, microseconds), this package first; parsers that are not installed are left out."""
    parse = module(OURS).parse
    rows = [(OURS, micros(lambda: parse(QUERY)))]
    if importlib.util.find_spec("sqlglot") is not None:
        sqlglot = importlib.import_module("sqlglot")
        rows.append(("sqlglot", micros(lambda: sqlglot.parse(QUERY, read="sqlite"))))
    if importlib.util.find_spec("lark") is not None:
        replay = importlib.import_module("benchmarks.lark_replay").replay(QUERY)
        rows.append(("Lark's own driver to a tree, tokens given", micros(replay)))
    return rows
