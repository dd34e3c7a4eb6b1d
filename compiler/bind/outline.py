"""A bound statement as indented text: a line for each thing that it is made of, with what is said of it there::

    Output columns a, sum(b)
      query: Select result#3; aggregation aggregate#1; keys t.a; results t.a, sum(t.b)
        from: Table t#2; table main.t

A field is told by its name and its value; those whose values mean something only beside others have functions in
``WORDS``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, OrderTerm, OutputColumn, Source
from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.bind.statements import (
    Bound,
    BoundCreateTableAs,
    BoundDelete,
    BoundInsert,
    BoundJoin,
    BoundModule,
    BoundUpdate,
    BoundValues,
    IndexEntries,
    RowExpressions,
    Upsert,
)
from foundrydb.compiler.bind.text import MOST_ITEMS, ExprText, written_column
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.syntax.source import written_name
from foundrydb.compiler.trees.fields import Fields


def bound_text(bound: Bound) -> str:
    """The lines of a bound statement."""
    writer = _Lines()
    room = DeepRecursion()
    room.enter()
    try:
        writer.add(bound, "", 0)
    finally:
        room.leave()
    return "\n".join(writer.out) + "\n"


@final
class _Lines:
    """Collects the lines.  shown: how many subqueries have been written out."""

    def __init__(self) -> None:
        self.exprs: Final = ExprText()
        self.out: Final[list[str]] = []
        self.shown = 0

    def add(self, item: Fields, label: str, indent: int) -> None:
        """A part of a statement, and below it what it is made of."""
        facts: list[str] = []
        parts: list[tuple[str, Fields]] = []
        for field, value in item.fields():
            name = field.removesuffix("_")
            words = WORDS.get((type(item), field))
            below = _parts(value)
            if words is not None:
                facts.append(words(item, self.exprs))
            elif below:
                parts.extend([(name, part) for part in below])
            elif isinstance(value, Source) and name == "source":
                facts.insert(0, repr(value))
            else:
                text = self._text(value)
                facts.append(name if value is True else text and f"{name} {text}")
        head = type(item).__name__.removeprefix("Bound")
        said = "; ".join([fact for fact in facts if fact])
        self.out.append(f"{'  ' * indent}{label}{head} {said}".rstrip())
        self._subqueries(indent + 1)
        for name, part in parts:
            self.add(part, f"{name}: ", indent + 1)

    def _subqueries(self, indent: int) -> None:
        """The subqueries that the last line speaks of."""
        first = self.shown
        self.shown = len(self.exprs.queries)
        for number, query in enumerate(self.exprs.queries[first:], first + 1):
            outer = ", ".join([written_name(source.name) for source in query.outer])
            self.out.append(f"{'  ' * indent}subquery {number}{outer and f', for each row of {outer}'}")
            if isinstance(query.plan, Bound):
                self.add(query.plan, "", indent + 1)

    def _text(self, value: object) -> str:
        """What a field says, "" for nothing worth a word."""
        if isinstance(value, Expr):
            return self.exprs.text(value)
        if isinstance(value, OrderTerm):
            return self.exprs.term(value)
        if isinstance(value, (Table, Index)):
            name = written_name(value.name)
            return f"{value.schema}.{name}" if isinstance(value, Table) else name
        if isinstance(value, OutputColumn):
            return value.name
        if isinstance(value, list):
            return _listed([self._text(part) for part in value[:MOST_ITEMS]], len(value))
        return "" if value is None or value is False else str(value)


def _parts(value: object) -> list[Fields]:
    """The parts of a statement that a field holds, each of which has lines of its own."""
    items = value if isinstance(value, list) else [value]
    kept = (Expr, OrderTerm, OutputColumn, Source)
    return [item for item in items if isinstance(item, Fields) and not isinstance(item, kept)]


def _listed(texts: list[str], count: int = 0) -> str:
    """Texts with commas between them; of very many only the first.  count: how many there are in truth."""
    more = max(count, len(texts)) - MOST_ITEMS
    return ", ".join([*texts[:MOST_ITEMS], f"… {more} more"] if more > 0 else texts)


# -- fields that have words of their own


def _nothing(item: Fields, exprs: ExprText) -> str:
    """What other fields have said."""
    return ""


def _rows(item: BoundValues, exprs: ExprText) -> str:
    texts = [f"({exprs.texts(row)})" for row in item.tuples[:MOST_ITEMS]]
    return f"tuples {_listed(texts, len(item.tuples))}"


def _arguments(item: BoundModule, exprs: ExprText) -> str:
    """Which hidden column has which value."""
    columns = item.source.columns
    texts = [f"{written_name(columns[i].name)} = {exprs.text(arg)}" for i, arg in zip(item.given, item.args)]
    return f"args {_listed(texts)}" if texts else ""


def _cross(item: BoundJoin, exprs: ExprText) -> str:
    return "CROSS" if item.fixed else ""


def _fills(item: BoundInsert, exprs: ExprText) -> str:
    """Which column of the query each column of the table takes, from 1."""
    taken = list(enumerate(item.columns))
    if item.rowid >= 0:
        taken.insert(max(item.table.rowid_alias, 0), (-1, item.rowid))
    texts = [f"{written_column(item.table, column)} from {i + 1}" for column, i in taken if i >= 0]
    return f"fills {_listed(texts)}" if texts else ""


def _sets(item: BoundUpdate, exprs: ExprText) -> str:
    return _assigned(item.table, item.sets, exprs)


def _upsert_sets(item: Upsert, exprs: ExprText) -> str:
    table = item.existing.table
    return "" if table is None else _assigned(table, item.sets, exprs)


def _assigned(table: Table, sets: list[tuple[int, Expr]], exprs: ExprText) -> str:
    texts = [f"{written_column(table, column)} = {exprs.text(value)}" for column, value in sets]
    return f"sets {_listed(texts)}" if texts else ""


def _target(item: Upsert, exprs: ExprText) -> str:
    """Which conflict it is about."""
    if item.index is not None:
        return f"on index {written_name(item.index.name)}"
    return "" if item.any else "on the rowid"


def _at_once(item: BoundDelete, exprs: ExprText) -> str:
    return "all rows at once" if item.at_once and item.where is None else ""


def _index(item: IndexEntries, exprs: ExprText) -> str:
    return f"{'UNIQUE ' if item.index.unique else ''}index {written_name(item.index.name)}"


def _entry(item: IndexEntries, exprs: ExprText) -> str:
    """What an entry holds, and the order in which the index keeps it."""
    texts: list[str] = []
    for key, expr in zip(item.index.stored_columns(), item.entry):
        plain = isinstance(expr, ColumnRef)
        text = written_column(item.index.table, key.column) if plain else exprs.text(expr)
        collation = key.collation.upper()
        text += "" if collation in ("", "BINARY") else f" COLLATE {collation}"
        texts.append(f"{text} DESC" if key.descending else text)
    return f"entry {_listed(texts)}"


def _defaults(item: RowExpressions, exprs: ExprText) -> str:
    return _of_columns("defaults", item, item.defaults, exprs)


def _generated(item: RowExpressions, exprs: ExprText) -> str:
    return _of_columns("generated", item, item.generated, exprs)


def _of_columns(word: str, item: RowExpressions, values: list[Expr | None], exprs: ExprText) -> str:
    """The expressions of those columns that have one."""
    columns = item.source.columns
    texts = [
        f"{written_name(columns[i].name)} = {exprs.text(expr)}"
        for i, expr in enumerate(values)
        if expr is not None
    ]
    return f"{word} {_listed(texts)}" if texts else ""


def _checks(item: RowExpressions, exprs: ExprText) -> str:
    texts = [exprs.text(predicate) for _, predicate in item.checks]
    return f"checks {_listed(texts)}" if texts else ""


def _index_keys(item: RowExpressions, exprs: ExprText) -> str:
    """The expressions that indexes are on."""
    texts = [
        f"{written_name(index.name)} on {exprs.text(key)}"
        for index, keys in zip(_indexes(item), item.index_keys)
        for key in keys
        if key is not None
    ]
    return f"index_keys {_listed(texts)}" if texts else ""


def _index_filters(item: RowExpressions, exprs: ExprText) -> str:
    """Which rows partial indexes take in."""
    texts = [
        f"{written_name(index.name)} where {exprs.text(where)}"
        for index, where in zip(_indexes(item), item.index_filters)
        if where is not None
    ]
    return f"index_filters {_listed(texts)}" if texts else ""


def _indexes(item: RowExpressions) -> list[Index]:
    return [] if item.source.table is None else item.source.table.indexes


WORDS: Final[dict[tuple[type, str], Callable[..., str]]] = {
    (BoundValues, "tuples"): _rows,
    (BoundModule, "args"): _arguments,
    (BoundModule, "given"): _nothing,
    (BoundJoin, "fixed"): _cross,
    (BoundInsert, "columns"): _fills,
    (BoundInsert, "rowid"): _nothing,
    (BoundUpdate, "sets"): _sets,
    (BoundUpdate, "names"): _nothing,
    (BoundDelete, "at_once"): _at_once,
    (BoundCreateTableAs, "affinities"): _nothing,
    (Upsert, "index"): _target,
    (Upsert, "any"): _nothing,
    (Upsert, "sets"): _upsert_sets,
    (Upsert, "names"): _nothing,
    (IndexEntries, "index"): _index,
    (IndexEntries, "entry"): _entry,
    (RowExpressions, "defaults"): _defaults,
    (RowExpressions, "checks"): _checks,
    (RowExpressions, "generated"): _generated,
    (RowExpressions, "index_keys"): _index_keys,
    (RowExpressions, "index_filters"): _index_filters,
}
"""What fields say, by class and name."""
