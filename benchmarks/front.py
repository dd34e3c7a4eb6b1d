"""Text to syntax tree: this package's parser beside sqlglot's and Lark's own, on one query."""

from __future__ import annotations

import time
from collections.abc import Callable

QUERY = """
SELECT c.name, o.id AS order_id, sum(l.price * l.quantity) AS total,
       CASE WHEN sum(l.quantity) > 10 THEN 'bulk' ELSE 'retail' END AS kind
FROM customer AS c
JOIN orders AS o ON o.customer_id = c.id
LEFT JOIN line AS l ON l.order_id = o.id
WHERE c.country IN ('DE', 'FR') AND o.placed BETWEEN ?1 AND ?2
  AND NOT EXISTS (SELECT 1 FROM refund AS r WHERE r.order_id = o.id)
GROUP BY c.name, o.id
HAVING total > 100
ORDER BY total DESC
LIMIT 20
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
    import foundrydb

    rows = [("foundrydb", micros(lambda: foundrydb.parse(QUERY)))]
    try:
        import sqlglot

        rows.append(("sqlglot", micros(lambda: sqlglot.parse(QUERY, read="sqlite"))))
    except ImportError:
        pass
    try:
        from foundrydb.grammar.build import lark_parser

        parser = lark_parser()
        rows.append(("Lark's own, to a tree", micros(lambda: parser.parse(QUERY))))
    except ImportError:
        pass
    return rows
