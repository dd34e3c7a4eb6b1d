"""The shapes of queries: each function writes one, of the schema that its writer knows.

``@shape`` puts a function into ``SHAPES`` under its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from plan_times.writer import Query, Writer

SHAPES: Final[dict[str, Callable[[Writer], str]]] = {}

COUNTED: Final[set[str]] = set()
"""The shapes whose LIMIT cuts an order that may leave rows equal."""


def shape(function: Callable[[Writer], str]) -> Callable[[Writer], str]:
    """Declare a shape."""
    SHAPES[function.__name__] = function
    return function


def counted(function: Callable[[Writer], str]) -> Callable[[Writer], str]:
    """Declare a shape of which only the number of rows is certain."""
    COUNTED.add(function.__name__)
    return shape(function)


def write(name: str, writer: Writer) -> Query:
    """A query of a shape."""
    return Query(name, SHAPES[name](writer), name in COUNTED)


# -- one table ---------------------------------------------------------------------------------------------------


@shape
def point(w: Writer) -> str:
    table = w.table()
    return f"SELECT * FROM {table.name} WHERE {' AND '.join(f'{c} = {w.value(table, c)}' for c in table.key)}"


@shape
def equality(w: Writer) -> str:
    table = w.table()
    more = f" AND {w.condition(table)}" if w.chance(0.5) else ""
    return f"SELECT * FROM {table.name} WHERE {w.equality(table)}{more}"


@shape
def span(w: Writer) -> str:
    table = w.table()
    what = w.random.choice(["count(*)", "*", f"sum({w.column(table, 'number', 'real')}), count(*)"])
    return f"SELECT {what} FROM {table.name} WHERE {w.span(table)}"


@shape
def span_in_order(w: Writer) -> str:
    table = w.table()
    keys = w.keys(table)
    return f"SELECT * FROM {table.name} WHERE {w.span(table)} ORDER BY {w.column(table, 'any')} DESC, {keys}"


@shape
def first_rows(w: Writer) -> str:
    table = w.table()
    where = f" WHERE {w.condition(table)}" if w.chance(0.7) else ""
    turn = w.random.choice(["", " DESC"])
    order = f"{w.column(table, 'any', 'parent')}{turn}, {w.keys(table)}"
    return f"SELECT * FROM {table.name}{where} ORDER BY {order} LIMIT {w.random.choice([1, 10, 50])}"


@counted
def first_of_an_index(w: Writer) -> str:
    table = w.table()
    where = f" WHERE {w.condition(table)}" if w.chance(0.5) else ""
    order = w.column(table, "group", "day", "parent", "number")
    return (
        f"SELECT * FROM {table.name}{where} ORDER BY {order} LIMIT {w.random.choice([1, 10, 50])} OFFSET 20"
    )


@shape
def next_page(w: Writer) -> str:
    table = w.table("number")
    column, key = w.column(table, "number", "day", "real"), table.key[0]
    keys = w.keys(table)
    return (
        f"SELECT {keys}, {column} FROM {table.name} WHERE ({column}, {key}) > "
        f"({w.value(table, column)}, {w.value(table, key)}) ORDER BY {column}, {keys} LIMIT 20"
    )


@shape
def least_and_most(w: Writer) -> str:
    table = w.table()
    column = w.column(table, "any", "parent", "key")
    where = f" WHERE {w.equality(table)}" if w.chance(0.5) else ""
    what = w.random.choice([f"min({column})", f"max({column})", f"min({column}), max({column})"])
    return f"SELECT {what} FROM {table.name}{where}"


@shape
def one_of_a_list(w: Writer) -> str:
    table = w.table()
    column = w.column(table, "group", "number", "parent", "key", "text")
    items = ", ".join(w.value(table, column) for _ in range(w.random.choice([2, 5, 40])))
    more = f" AND {w.condition(table)}" if w.chance(0.3) else ""
    return f"SELECT * FROM {table.name} WHERE {column} IN ({items}){more}"


@shape
def either_of_a_column(w: Writer) -> str:
    table = w.table()
    column = w.column(table, "group", "number", "parent", "text")
    items = [f"{column} = {w.value(table, column)}" for _ in range(3)]
    return f"SELECT * FROM {table.name} WHERE {' OR '.join(items)}"


@shape
def either(w: Writer) -> str:
    table = w.table()
    items = [w.equality(table, "", "parent", "group", "text", "day"), w.equality(table), w.condition(table)]
    return f"SELECT * FROM {table.name} WHERE {' OR '.join(items[: w.random.choice([2, 3])])}"


@shape
def either_of_two_joined(w: Writer) -> str:
    link = w.link()
    columns = f"count(*), sum(a.{w.column(link.child, 'number', 'real', 'maybe')})"
    return (
        f"SELECT {columns} FROM {link.child.name} a JOIN {link.parent.name} b ON {link.on('a', 'b')} "
        f"WHERE {w.equality(link.child, 'a')} OR {w.equality(link.parent, 'b')}"
    )


@shape
def joined_by_either(w: Writer) -> str:
    link = w.link()
    column = w.column(link.child, "number", "group", "text")
    other = w.column(link.parent, "number", "key")
    return (
        f"SELECT count(*) FROM {link.parent.name} b JOIN {link.child.name} a "
        f"ON {link.on('a', 'b')} OR a.{column} = b.{other} WHERE {w.span(link.parent, 'b', 0.03)}"
    )


@shape
def begins_with(w: Writer) -> str:
    table = w.table("text")
    column = w.column(table, "text", "day", "group")
    start = w.value(table, column).strip("'")[: w.random.choice([2, 4, 6])]
    how = w.random.choice([f"LIKE '{start}%'", f"GLOB '{start}*'"])
    return f"SELECT count(*), min({column}), max({column}) FROM {table.name} WHERE {column} {how}"


@shape
def contains(w: Writer) -> str:
    table = w.table("text")
    column = w.column(table, "text")
    middle = w.value(table, column).strip("'")[2:6]
    more = f" AND {w.condition(table)}" if w.chance(0.5) else ""
    return f"SELECT {w.keys(table)}, {column} FROM {table.name} WHERE {column} LIKE '%{middle}%'{more}"


@shape
def is_missing(w: Writer) -> str:
    table = w.table("maybe") if w.chance(0.5) else w.table("number")
    column = w.column(table, "maybe", "parent", "day")
    return f"SELECT count(*), count({column}) FROM {table.name} WHERE {column} IS {w.random.choice(['', 'NOT '])}NULL"


@shape
def special_index(w: Writer) -> str:
    table = w.random.choice([table for table in w.schema.tables.values() if table.extras])
    extra = w.random.choice(table.extras)
    what = w.random.choice(["count(*)", "*", f"max({w.column(table, 'any')})"])
    return f"SELECT {what} FROM {table.name} WHERE {extra}"


@shape
def special_order(w: Writer) -> str:
    table = w.random.choice([table for table in w.schema.tables.values() if table.extras])
    extra = w.random.choice(table.extras)
    order = f"{w.column(table, 'number', 'real', 'day')}, {w.keys(table)}"
    return f"SELECT * FROM {table.name} WHERE {extra} ORDER BY {order} LIMIT 10"


@shape
def second_column(w: Writer) -> str:
    table, column = w.random.choice(_SECOND[w.schema.name])
    found = w.schema.tables[table]
    return f"SELECT count(*), min({found.key[0]}) FROM {table} WHERE {column} = {w.value(found, column)}"


_SECOND: Final = {
    "shop": [("product", "price"), ("purchase", "day"), ("item", "line")],
    "company": [("employee", "salary"), ("works", "role"), ("works", "project")],
    "events": [("event", "at"), ("event", "size")],
    "library": [("loan", "book")],
}
"""Columns that are not the first of an index."""


# -- joins -------------------------------------------------------------------------------------------------------


def _join(w: Writer, count: int, kinds: list[str]) -> str:
    tables, conditions = w.path(count)
    text = f"{tables[0][1].name} a"
    for (alias, table), condition in zip(tables[1:], conditions[1:]):
        text += f" {w.random.choice(kinds)} {table.name} {alias} ON {condition}"
    filters = [
        w.condition(table, alias) for alias, table in w.random.sample(tables, w.random.choice([1, 1, 2]))
    ]
    alias, table = w.random.choice(tables)
    column = f"{alias}.{w.column(table, 'any')}"
    what = w.random.choice([f"count(*), min({column}), max({column})", f"a.*, {column}"])
    return f"SELECT {what} FROM {text} WHERE {' AND '.join(filters)}"


@shape
def join_of_two(w: Writer) -> str:
    return _join(w, 2, ["JOIN"])


@shape
def join_of_three(w: Writer) -> str:
    return _join(w, 3, ["JOIN"])


@shape
def join_of_four(w: Writer) -> str:
    return _join(w, 4, ["JOIN"])


@shape
def join_of_five(w: Writer) -> str:
    return _join(w, 5, ["JOIN"])


@shape
def outer_join(w: Writer) -> str:
    return _join(w, 2, ["LEFT JOIN"])


@shape
def outer_joins(w: Writer) -> str:
    return _join(w, w.random.choice([3, 4]), ["LEFT JOIN"])


@shape
def mixed_joins(w: Writer) -> str:
    return _join(w, w.random.choice([3, 4, 5]), ["LEFT JOIN", "JOIN"])


@shape
def right_and_full_joins(w: Writer) -> str:
    return _join(w, w.random.choice([2, 3]), ["RIGHT JOIN", "FULL JOIN", "JOIN"])


@shape
def inner_within_outer(w: Writer) -> str:
    tables, conditions = w.path(3)
    (_, a), (_, b), (_, c) = tables
    return (
        f"SELECT count(*), count(b.{w.column(b, 'any')}) FROM {a.name} a LEFT JOIN ({b.name} b "
        f"CROSS JOIN {c.name} c) ON {conditions[1]} AND {conditions[2]} AND {w.equality(c, 'c')} "
        f"WHERE {w.condition(a, 'a')}"
    )


@shape
def without_a_partner(w: Writer) -> str:
    link = w.link(False)
    key = link.child.key[0]
    return (
        f"SELECT a.* FROM {link.parent.name} a LEFT JOIN {link.child.name} b "
        f"ON {link.on('b', 'a')} AND {w.condition(link.child, 'b')} WHERE b.{key} IS NULL"
    )


@shape
def pairs(w: Writer) -> str:
    table = w.table("group")
    column = w.column(table, "group", "parent", "day")
    key = table.key[0]
    return (
        f"SELECT count(*) FROM {table.name} a JOIN {table.name} b "
        f"ON a.{column} = b.{column} AND a.{key} < b.{key} WHERE {w.span(table, 'a', 0.005)}"
    )


@shape
def joined_without_equality(w: Writer) -> str:
    one, other = w.table("number"), w.table("number")
    x, y = w.column(one, "number"), w.column(other, "number")
    return (
        f"SELECT count(*) FROM {one.name} a JOIN {other.name} b ON a.{x} < b.{y} "
        f"WHERE {w.span(one, 'a', 0.005)} AND {w.span(other, 'b', 0.03)}"
    )


@shape
def join_in_order(w: Writer) -> str:
    link = w.link()
    order = f"a.{w.column(link.child, 'any', 'parent')}, {w.keys(link.child, 'a')}"
    return (
        f"SELECT a.*, b.{w.column(link.parent, 'any')} FROM {link.child.name} a "
        f"JOIN {link.parent.name} b ON {link.on('a', 'b')} WHERE {w.condition(link.parent, 'b')} "
        f"ORDER BY {order} LIMIT 20"
    )


@counted
def first_of_a_join(w: Writer) -> str:
    tables, conditions = w.path(3)
    text = f"{tables[0][1].name} a"
    for (alias, table), condition in zip(tables[1:], conditions[1:]):
        text += f" LEFT JOIN {table.name} {alias} ON {condition}"
    return f"SELECT * FROM {text} ORDER BY a.{w.column(tables[0][1], 'any', 'parent')} DESC LIMIT 10"


# -- subqueries --------------------------------------------------------------------------------------------------


@shape
def there_is(w: Writer) -> str:
    link = w.link(False)
    more = f" AND {w.condition(link.child, 'b')}" if w.chance(0.7) else ""
    other = f" AND {w.condition(link.parent, 'a')}" if w.chance(0.4) else ""
    return (
        f"SELECT a.* FROM {link.parent.name} a WHERE EXISTS "
        f"(SELECT 1 FROM {link.child.name} b WHERE {link.on('b', 'a')}{more}){other}"
    )


@shape
def there_is_not(w: Writer) -> str:
    return there_is(w).replace("WHERE EXISTS", "WHERE NOT EXISTS")


@shape
def there_is_in_order(w: Writer) -> str:
    link = w.link(False)
    column = w.column(link.child, "any")
    return (
        f"SELECT count(*) FROM {link.parent.name} a WHERE EXISTS (SELECT {column} FROM {link.child.name} b "
        f"WHERE {link.on('b', 'a')} AND {w.span(link.child, 'b')} ORDER BY b.{column})"
    )


@shape
def in_a_query(w: Writer) -> str:
    link = w.link(False)
    more = f" AND {w.condition(link.parent)}" if w.chance(0.4) else ""
    return (
        f"SELECT * FROM {link.parent.name} WHERE {link.key} {w.random.choice(['IN', 'IN', 'NOT IN'])} "
        f"(SELECT {link.column} FROM {link.child.name} WHERE {link.column} IS NOT NULL "
        f"AND {w.condition(link.child)}){more}"
    )


@shape
def in_a_parents_query(w: Writer) -> str:
    link = w.link(False)
    return (
        f"SELECT count(*), min({link.child.key[0]}) FROM {link.child.name} WHERE {link.column} IN "
        f"(SELECT {link.key} FROM {link.parent.name} WHERE {w.condition(link.parent)})"
    )


@shape
def in_a_correlated_query(w: Writer) -> str:
    link = w.link(False)
    column = w.column(link.child, "number", "day", "real")
    return (
        f"SELECT count(*) FROM {link.child.name} a WHERE {column} IN (SELECT b.{column} FROM {link.child.name} b "
        f"WHERE b.{link.column} = a.{link.column} AND b.{link.child.key[0]} <> a.{link.child.key[0]})"
    )


def _measure(w: Writer, link_child: str, column: str) -> str:
    return w.random.choice(["count(*)", f"max({link_child}.{column})", f"sum({link_child}.{column})"])


@shape
def column_of_a_query(w: Writer) -> str:
    link = w.link(False)
    what = _measure(w, "b", w.column(link.child, "number", "real", "maybe", "day"))
    more = f" AND {w.condition(link.child, 'b')}" if w.chance(0.3) else ""
    where = f" WHERE {w.condition(link.parent, 'a')}" if w.chance(0.3) else ""
    return (
        f"SELECT {w.keys(link.parent, 'a')}, (SELECT {what} FROM {link.child.name} b "
        f"WHERE {link.on('b', 'a')}{more}) FROM {link.parent.name} a{where}"
    )


@shape
def compared_with_a_query(w: Writer) -> str:
    link = w.link(False)
    column = w.column(link.child, "number", "real", "day", "maybe")
    what = w.random.choice(["max", "min", "avg"])
    return (
        f"SELECT {w.keys(link.child, 'a')} FROM {link.child.name} a WHERE a.{column} = "
        f"(SELECT {what}(b.{column}) FROM {link.child.name} b WHERE b.{link.column} = a.{link.column})"
    )


@shape
def newest_of_each(w: Writer) -> str:
    link = w.link(False)
    column = w.column(link.child, "number", "real", "day", "maybe")
    return (
        f"SELECT {w.keys(link.parent, 'a')}, (SELECT b.{column} FROM {link.child.name} b "
        f"WHERE {link.on('b', 'a')} ORDER BY b.{column} DESC LIMIT 1) FROM {link.parent.name} a"
    )


@shape
def rank_by_a_query(w: Writer) -> str:
    table = w.table("group")
    group, column = w.column(table, "group", "parent"), w.column(table, "number", "real", "day", "maybe")
    return (
        f"SELECT {w.keys(table, 'a')} FROM {table.name} a WHERE {w.span(table, 'a', 0.005)} AND (SELECT count(*) "
        f"FROM {table.name} b WHERE b.{group} = a.{group} AND b.{column} > a.{column}) < 3"
    )


@shape
def more_than_so_many(w: Writer) -> str:
    link = w.link(False)
    return (
        f"SELECT {w.keys(link.parent, 'a')} FROM {link.parent.name} a WHERE "
        f"(SELECT count(*) FROM {link.child.name} b WHERE {link.on('b', 'a')}) > {w.random.choice([0, 3, 9])}"
    )


# -- groups ------------------------------------------------------------------------------------------------------


@shape
def groups(w: Writer) -> str:
    table = w.table()
    column, other = w.column(table, "group", "parent", "day", "text"), w.column(table, "any")
    where = f" WHERE {w.condition(table)}" if w.chance(0.4) else ""
    return f"SELECT {column}, count(*), min({other}), max({other}) FROM {table.name}{where} GROUP BY {column}"


@shape
def groups_of_two(w: Writer) -> str:
    table = w.table("number")
    one, other = w.column(table, "group", "parent"), w.column(table, "group", "number", "day")
    return (
        f"SELECT {one}, {other}, count(*) FROM {table.name} GROUP BY {one}, {other} ORDER BY {one}, {other}"
    )


@shape
def greatest_groups(w: Writer) -> str:
    link = w.link()
    return (
        f"SELECT a.{link.key}, count(*) AS n FROM {link.parent.name} a JOIN {link.child.name} b "
        f"ON {link.on('b', 'a')} GROUP BY a.{link.key} HAVING n > 1 ORDER BY n DESC, 1 LIMIT 10"
    )


@counted
def first_groups(w: Writer) -> str:
    table = w.table()
    column, other = w.column(table, "group", "parent", "day", "key"), w.column(table, "number", "real", "any")
    return f"SELECT {column}, count(*), max({other}) FROM {table.name} GROUP BY {column} LIMIT 5"


@shape
def groups_in_order(w: Writer) -> str:
    table = w.table()
    column, other = w.column(table, "group", "parent", "day"), w.column(table, "number", "real", "any")
    turn = w.random.choice(["", " DESC"])
    return (
        f"SELECT {column}, count(*), max({other}) FROM {table.name} "
        f"GROUP BY {column} ORDER BY {column}{turn} LIMIT 5"
    )


@shape
def groups_of_a_join(w: Writer) -> str:
    link = w.link()
    group, column = w.column(link.parent, "group", "text"), w.column(link.child, "number", "real", "any")
    return (
        f"SELECT b.{group}, count(*), max(a.{column}) FROM {link.child.name} a JOIN {link.parent.name} b "
        f"ON {link.on('a', 'b')} GROUP BY b.{group} ORDER BY 2 DESC, 1"
    )


@shape
def different(w: Writer) -> str:
    table = w.table()
    column = w.column(table, "group", "parent", "text", "day")
    what = w.random.choice([column, f"{column}, {w.column(table, 'group', 'parent')}"])
    where = f" WHERE {w.condition(table)}" if w.chance(0.4) else ""
    return f"SELECT DISTINCT {what} FROM {table.name}{where}"


@shape
def different_of_a_join(w: Writer) -> str:
    link = w.link()
    return (
        f"SELECT DISTINCT b.{w.column(link.parent, 'group', 'text')} FROM {link.child.name} a "
        f"JOIN {link.parent.name} b ON {link.on('a', 'b')} WHERE {w.condition(link.child, 'a')}"
    )


@shape
def count_of_different(w: Writer) -> str:
    table = w.table()
    column = w.column(table, "group", "parent", "text", "day", "number")
    by = w.column(table, "group", "parent")
    return w.random.choice(
        [
            f"SELECT count(DISTINCT {column}) FROM {table.name}",
            f"SELECT {by}, count(DISTINCT {column}) FROM {table.name} GROUP BY {by}",
        ]
    )


@shape
def cases(w: Writer) -> str:
    table = w.table("number")
    by = w.column(table, "group", "parent")
    number = w.column(table, "number", "real")
    return (
        f"SELECT {by}, sum(CASE WHEN {w.condition(table)} THEN 1 ELSE 0 END), count(*) FILTER (WHERE "
        f"{w.condition(table)}), max({number}) FROM {table.name} GROUP BY {by}"
    )


# -- compounds, views, common tables, windows ---------------------------------------------------------------------


@shape
def compound(w: Writer) -> str:
    table = w.table()
    column = w.column(table, "group", "parent", "text", "day")
    word = w.random.choice(["UNION", "UNION ALL", "INTERSECT", "EXCEPT"])
    one, other = w.condition(table), w.condition(table)
    return f"SELECT {column} FROM {table.name} WHERE {one} {word} SELECT {column} FROM {table.name} WHERE {other}"


@counted
def first_of_a_compound(w: Writer) -> str:
    table = w.table()
    column = w.column(table, "group", "parent", "day", "key")
    word = w.random.choice(["UNION", "UNION ALL"])
    one, other = w.condition(table), w.condition(table)
    return (
        f"SELECT {column} FROM {table.name} WHERE {one} {word} "
        f"SELECT {column} FROM {table.name} WHERE {other} ORDER BY 1 LIMIT 10"
    )


@shape
def view(w: Writer) -> str:
    name, (group, amount) = w.random.choice(list(w.schema.views.items()))
    return w.random.choice(
        [
            f"SELECT {group}, max({amount}) FROM {name} GROUP BY {group} ORDER BY 2 DESC, 1 LIMIT 10",
            f"SELECT count(*), min({amount}) FROM {name} WHERE {amount} > 50",
            f"SELECT * FROM {name} WHERE {group} = (SELECT max({group}) FROM {name})",
        ]
    )


@shape
def view_twice(w: Writer) -> str:
    name, (group, amount) = w.random.choice(list(w.schema.views.items()))
    return w.random.choice(
        [
            f"SELECT count(*) FROM {name} WHERE {amount} > (SELECT avg({amount}) FROM {name})",
            f"SELECT count(*) FROM (SELECT {group} AS g, max({amount}) AS m FROM {name} GROUP BY {group}) x "
            f"JOIN {name} y ON y.{group} = x.g AND y.{amount} = x.m",
        ]
    )


@shape
def common_table_twice(w: Writer) -> str:
    link = w.link(False)
    column = w.column(link.child, "number", "real", "maybe")
    return (
        f"WITH t AS (SELECT {link.column} AS k, count(*) AS n, max({column}) AS m FROM {link.child.name} "
        f"GROUP BY {link.column}) SELECT count(*), max(x.m) FROM t x JOIN t y ON x.n = y.n + 1 "
        f"WHERE y.k IN (SELECT k FROM t ORDER BY n DESC, k LIMIT 10)"
    )


@shape
def derived_table(w: Writer) -> str:
    link = w.link(False)
    column = w.column(link.child, "number", "real", "any")
    outer = w.random.choice(["JOIN", "LEFT JOIN"])
    return (
        f"SELECT {w.keys(link.parent, 'a')}, t.n, t.m FROM {link.parent.name} a {outer} (SELECT {link.column} AS k, "
        f"count(*) AS n, max({column}) AS m FROM {link.child.name} GROUP BY {link.column}) t ON t.k = a.{link.key} "
        f"WHERE {w.condition(link.parent, 'a')}"
    )


@shape
def derived_compound(w: Writer) -> str:
    table = w.table()
    column, key = w.column(table, "group", "parent", "day"), table.key[0]
    return (
        f"SELECT count(*), max(k) FROM (SELECT {column} AS c, {key} AS k FROM {table.name} WHERE {w.condition(table)} "
        f"UNION ALL SELECT {column}, {key} FROM {table.name} WHERE {w.condition(table)}) "
        f"WHERE c >= {w.value(table, column)}"
    )


@shape
def tree(w: Writer) -> str:
    link = w.random.choice([link for link in w.links if link.child is link.parent] or [w.link()])
    if link.child is not link.parent:
        return (
            "WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT n + 1 FROM c WHERE n < 300) "
            f"SELECT count(*) FROM c JOIN {link.child.name} a ON a.{link.column} = c.n"
        )
    return (
        f"WITH RECURSIVE t(id, deep) AS (SELECT {link.key}, 0 FROM {link.parent.name} WHERE {link.key} < 5 UNION "
        f"SELECT a.{link.key}, t.deep + 1 FROM t JOIN {link.child.name} a ON {link.on('a', 't')} WHERE t.deep < 6) "
        "SELECT deep, count(*) FROM t GROUP BY deep"
    )


@shape
def window(w: Writer) -> str:
    table = w.table("number")
    by, column = w.column(table, "group", "parent"), w.column(table, "number", "real", "day")
    call = w.random.choice(["row_number()", "rank()", f"sum({column})", f"lag({column})", f"max({column})"])
    return (
        f"SELECT {w.keys(table)}, {call} OVER (PARTITION BY {by} ORDER BY {column}, {w.keys(table)}) "
        f"FROM {table.name} WHERE {w.condition(table)}"
    )


@shape
def best_of_each(w: Writer) -> str:
    table = w.table("number")
    by, column = w.column(table, "group", "parent"), w.column(table, "number", "real", "day")
    keys = w.keys(table)
    return (
        f"SELECT * FROM (SELECT {keys}, {by}, row_number() OVER (PARTITION BY {by} ORDER BY {column} DESC, {keys}) "
        f"AS place FROM {table.name}) WHERE place <= 3"
    )
