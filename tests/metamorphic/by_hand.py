"""Relations that do by hand what a window or a trigger does.

A function over a window is a subquery about the rows in its frame, a sum over all rows so far is one that Python
adds up, and a partition is what a filtered query gives; a trigger's program is a list of statements for each row.
"""

from __future__ import annotations

from typing import Final

from differential.compare import Difference
from differential.engines import Row
from differential.generator import Generator
from differential.model import Scope
from differential.sql import Sql, expression, items

from metamorphic.relations import Ask, Case, Relation, Skip, any_from, different

_AGGREGATES: Final = ["count(*)", "count({})", "sum({})", "total({})", "min({})", "max({})"]
_FRAMES: Final = {
    "ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING": "n BETWEEN o.n - 2 AND o.n + 1",
    "ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING": "n BETWEEN o.n - 3 AND o.n - 2",
    "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING": "n >= o.n",
    "ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW": "n < o.n",
    "RANGE UNBOUNDED PRECEDING": "k <= o.k",
    "RANGE BETWEEN 3 PRECEDING AND 1 FOLLOWING": "k BETWEEN o.k - 3 AND o.k + 1",
    "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP": "k < o.k",
    "RANGE CURRENT ROW EXCLUDE TIES": "n = o.n",
    "GROUPS CURRENT ROW": "k = o.k",
    "GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING": "k > o.k",
}
"""Frames over rows in the order of k, then n, and the condition that their rows meet; ``o`` is the row in hand."""

_RANKS: Final = {
    "row_number()": "(SELECT count(*) FROM {0} AS i WHERE i.p IS o.p AND i.n <= o.n)",
    "rank()": "1 + (SELECT count(*) FROM {0} AS i WHERE i.p IS o.p AND i.k < o.k)",
    "dense_rank()": "1 + (SELECT count(DISTINCT i.k) FROM {0} AS i WHERE i.p IS o.p AND i.k < o.k)",
    "lag(v, 2)": "(SELECT i.v FROM {0} AS i WHERE i.p IS o.p AND i.n = o.n - 2)",
    "lead(v)": "(SELECT i.v FROM {0} AS i WHERE i.p IS o.p AND i.n = o.n + 1)",
    "first_value(v)": "(SELECT i.v FROM {0} AS i WHERE i.p IS o.p ORDER BY i.n LIMIT 1)",
}


def _window_case(generator: Generator) -> Case:
    """Rows of a partition ``p``, a small number ``k`` and a value ``v``; the predicate is a number that chooses."""
    clause, scope = any_from(generator)
    own = Scope(scope.columns)
    values = generator.expressions
    partition = expression(values.stable(own))
    number = expression("coalesce(CAST(", values.any(own, 1), " AS INTEGER) % 7, 0)")
    value = expression("CAST(", values.any(own, 1), " AS INTEGER) % 997")
    return Case(items([partition, number, value]), clause, _numbered(generator))


def _numbered(generator: Generator) -> Sql:
    """A number that chooses a frame and a function."""
    return expression(str(generator.choice.number(0, 999)))


def _kept_rows(ask: Ask, case: Case) -> int:
    """Keep the rows in a table ``kept`` in which ``n`` numbers those of a partition; a number that chooses."""
    names = ("p", "k", "v")
    parts = case.outputs.parts
    if len(parts) != len(names):
        raise Skip
    outputs = ", ".join(f"{part} AS {name}" for part, name in zip(parts, names))
    ask("DROP TABLE IF EXISTS temp.kept")
    ask(f"CREATE TEMP TABLE kept AS SELECT {outputs}, 0 AS n{case.clause} LIMIT 60")
    ask("UPDATE temp.kept SET n = (SELECT count(*) FROM temp.kept AS i WHERE i.p IS kept.p"
        " AND (i.k, i.rowid) <= (kept.k, kept.rowid))")  # fmt: skip
    try:
        return int(str(case.predicate))
    except ValueError:
        raise Skip from None


def _window_frame(ask: Ask, case: Case) -> Difference | None:
    """An aggregate over a frame is one of the rows that meet a condition."""
    number = _kept_rows(ask, case)
    frame, condition = list(_FRAMES.items())[number % len(_FRAMES)]
    call = _AGGREGATES[number // len(_FRAMES) % len(_AGGREGATES)].format("v")
    order = "k" if frame.startswith(("RANGE", "GROUPS")) else "k, n"
    over = ask(f"SELECT p, n, {call} OVER (PARTITION BY p ORDER BY {order} {frame}) FROM temp.kept")
    inner = f"SELECT {call} FROM temp.kept AS i WHERE i.p IS o.p AND i.{condition}"
    by_hand = ask(f"SELECT p, n, ({inner}) FROM temp.kept AS o")
    return different("window_frame", over, by_hand)


def _window_rank(ask: Ask, case: Case) -> Difference | None:
    """A rank is a count of the rows before, another row's value is looked up."""
    number = _kept_rows(ask, case)
    call, inner = list(_RANKS.items())[number % len(_RANKS)]
    order = "k" if "rank" in call else "k, n"
    over = ask(f"SELECT p, n, {call} OVER (PARTITION BY p ORDER BY {order}) FROM temp.kept")
    by_hand = ask(f"SELECT p, n, {inner.format('temp.kept')} FROM temp.kept AS o")
    return different("window_rank", over, by_hand)


def _window_running(ask: Ask, case: Case) -> Difference | None:
    """A running sum, added up here."""
    _kept_rows(ask, case)
    over = ask("SELECT p, n, v, sum(v) OVER (PARTITION BY p ORDER BY k, n) FROM temp.kept ORDER BY p, n")
    by_hand: list[Row] = []
    total: int | None = None
    for p, n, v, _ in over:
        if n == 1:
            total = None
        if isinstance(v, int):
            total = v + (total or 0)
        by_hand.append((p, n, v, total))
    return different("window_running", over, by_hand)


def _window_partition(ask: Ask, case: Case) -> Difference | None:
    """Each partition is what a query filtered to it gives."""
    _kept_rows(ask, case)
    calls = "n, count(*) OVER (ORDER BY k), max(v) OVER (ORDER BY k, n ROWS 1 PRECEDING)"
    over = ask(f"SELECT p, {calls.replace('(ORDER', '(PARTITION BY p ORDER')} FROM temp.kept")
    parts: list[Row] = []
    for row in ask("SELECT rowid FROM temp.kept WHERE n = 1"):
        part = f"(SELECT p FROM temp.kept WHERE rowid = {row[0]!r})"
        parts += ask(f"SELECT p, {calls} FROM temp.kept WHERE p IS {part}")
    return different("window_partition", over, parts)


# -- triggers ---------------------------------------------------------------------------------------------------------

_STEPS: Final = [
    "INSERT INTO {log} VALUES ({row}.k, {row}.v)",
    "UPDATE {log} SET b = coalesce(b, 0) + {row}.k WHERE a >= {row}.k",
    "DELETE FROM {log} WHERE a = {row}.k - 1",
    "INSERT INTO {sums} VALUES ({row}.k, 1) ON CONFLICT (k) DO UPDATE SET n = n + 1 + ({row}.v IS NULL)",
    "REPLACE INTO {sums} SELECT a, count(*) FROM {log} GROUP BY a HAVING a <> {row}.k",
    "UPDATE {sums} SET n = n + q.c FROM (SELECT count(*) AS c FROM {log}) AS q WHERE k = {row}.k",
]
_CHANGES: Final = {
    "DELETE": "DELETE FROM {table} WHERE {which}",
    "UPDATE": "UPDATE {table} SET k = k + 1, v = v + k WHERE {which}",
    "INSERT": "INSERT INTO {table}(p, k, v, n) SELECT p, k - 1, v, n FROM {table} WHERE {which}",
}
_WHICH: Final = ["k > 0", "v IS NULL", "n = 1", "v % 3 = 0", "1"]


def _trigger(ask: Ask, case: Case) -> Difference | None:
    """What a trigger does is what its statements do, run one by one for each row."""
    number = _kept_rows(ask, case)
    event = list(_CHANGES)[number % 3]
    when = ["BEFORE", "AFTER"][number // 3 % 2]
    row = "old" if event == "DELETE" or (event == "UPDATE" and number % 7 < 3) else "new"
    steps = [_STEPS[(number + i * (1 + number % 5)) % len(_STEPS)] for i in range(1 + number % 3)]
    which = _WHICH[number % len(_WHICH)]
    condition = f"{row}.k <> 2" if number % 4 == 0 else "1"
    for name in ("fired", "hand"):
        for kind in ("", "_log", "_sums"):
            ask(f"DROP TABLE IF EXISTS temp.{name}{kind}")
        ask(f"CREATE TEMP TABLE {name} AS SELECT * FROM temp.kept")
        ask(f"CREATE TEMP TABLE {name}_log(a, b)")
        ask(f"CREATE TEMP TABLE {name}_sums(k INTEGER PRIMARY KEY, n)")
    body = "; ".join(step.format(log="fired_log", sums="fired_sums", row=row) for step in steps)
    ask(f"CREATE TEMP TRIGGER firing {when} {event} ON fired WHEN {condition} BEGIN {body}; END")
    ask(_CHANGES[event].format(table="temp.fired", which=which))
    _change_by_hand(ask, event, when == "BEFORE", row, condition, steps, which)
    fired, hand = _contents(ask, "fired"), _contents(ask, "hand")
    return different("trigger", fired, hand)


def _change_by_hand(
    ask: Ask, event: str, before: bool, row: str, condition: str, steps: list[str], which: str
) -> None:
    """Change each row by itself, and run the steps for it."""
    new = {"UPDATE": "k + 1, v + k", "INSERT": "k - 1, v"}.get(event, "k, v")
    shown = "k, v" if row == "old" else new
    for rowid, k, v in ask(f"SELECT rowid, {shown} FROM temp.hand WHERE {which} ORDER BY rowid"):
        change = _CHANGES[event].format(table="temp.hand", which=f"rowid = {rowid!r}")
        if not before:
            ask(change)
        given = {"k": _literal(k), "v": _literal(v)}
        if ask(f"SELECT {_filled(condition, row, given)}") == [(1,)]:
            for step in steps:
                ask(_filled(step.format(log="hand_log", sums="hand_sums", row=row), row, given))
        if before:
            ask(change)


def _filled(sql: str, row: str, given: dict[str, str]) -> str:
    for name, literal in given.items():
        sql = sql.replace(f"{row}.{name}", literal)
    return sql


def _literal(value: object) -> str:
    return "NULL" if value is None else f"({value})"


def _contents(ask: Ask, name: str) -> list[Row]:
    rows: list[Row] = []
    for kind in ("", "_log", "_sums"):
        rows += [(kind, *row) for row in ask(f"SELECT rowid, * FROM temp.{name}{kind}")]
    return rows


BY_HAND: Final[dict[str, Relation]] = {
    "window_frame": Relation(_window_case, _window_frame),
    "window_rank": Relation(_window_case, _window_rank),
    "window_running": Relation(_window_case, _window_running),
    "window_partition": Relation(_window_case, _window_partition),
    "trigger": Relation(_window_case, _trigger),
}
"""These relations, by the name of the difference that each shows."""
