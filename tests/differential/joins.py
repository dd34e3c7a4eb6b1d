"""Random FROM clauses: sources, joins of every kind, and joins in parentheses within one another.

The writer follows which plain names are unambiguous: those that one item has, and those that USING or NATURAL made one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, final

from differential.model import NOTHING, Column, Scope, Table
from differential.sql import EMPTY, Part, Sql, expression, items, optional, text
from differential.values import PATHS, quoted

if TYPE_CHECKING:
    from differential.generator import Generator

_KINDS: Final = {
    "join.inner": " JOIN ",
    "join.comma": ", ",
    "join.left": " LEFT JOIN ",
    "join.cross": " CROSS JOIN ",
    "join.right": " RIGHT JOIN ",
    "join.full": " FULL JOIN ",
}
_CONDITIONS: Final = ["join.on", "join.using", "join.natural"]


@final
class Clause:
    """A FROM clause, or a join in parentheses.

    Attributes:
        parts: its text so far.
        columns: what it offers under qualified names.
        plain: its plain names; false for the ambiguous ones.
        merged: the plain names that USING or NATURAL made of several columns.
        right: it has a RIGHT or FULL JOIN.
    """

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.columns: list[Column] = []
        self.plain: dict[str, bool] = {}
        self.merged: list[str] = []
        self.right = False

    def add(self, item: Clause, using: list[str]) -> None:
        """One more item, joined by some columns."""
        self.columns = [*self.columns, *item.columns]
        for name, clear in item.plain.items():
            if name not in self.plain:
                self.plain[name] = clear
                if name in item.merged:
                    self.merged.append(name)
            elif name not in using or not clear:
                self.plain[name] = False
            elif name not in self.merged:
                self.merged.append(name)

    def visible(self) -> list[Column]:
        """The columns under their qualified names, and those that USING made under their plain ones."""
        return [*self.columns, *(Column(name, "", False) for name in self.merged if self.plain[name])]


@final
class Joins:
    """Writes FROM clauses."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.choice = generator.choice
        self.schema = generator.schema
        self.common: list[Table] = []
        self.tables_only = False

    def clause(self, outer: Scope, count: int) -> Clause:
        """A FROM clause of about ``count`` sources."""
        made = self._list(outer, count, 0)
        made.parts.insert(0, " FROM ")
        return made

    def _list(self, outer: Scope, count: int, depth: int) -> Clause:
        """Items and the joins between them."""
        made = Clause()
        first = self._item(outer, depth)
        made.parts += first.parts
        made.add(first, [])
        for _ in range(count - 1):
            self._join(made, self._item(outer, depth), outer)
        if not self.tables_only and self.choice.maybe("from.elements_of", 0.06):
            self._join_elements(made)
        return made

    def _join_elements(self, left: Clause) -> None:
        """Join the elements of JSON that is made of the columns so far."""
        sql, columns = self._elements(Scope(left.columns), self.schema.fresh("a"))
        right = Clause()
        right.parts = [sql]
        right.columns = columns
        right.plain = {_bare(column): True for column in columns}
        word = self.choice.one([", ", " JOIN ", " CROSS JOIN ", " LEFT JOIN "])
        condition = EMPTY
        if word == " LEFT JOIN " or (word == " JOIN " and self.choice.chance(0.5)):
            condition = text(" ON ", self._condition(left.columns, columns, NOTHING))
        left.parts.append(optional(word, sql, condition))
        left.add(right, [])

    def _elements(self, scope: Scope, alias: str) -> tuple[Sql, list[Column]]:
        """``json_each`` or ``json_tree`` of a document."""
        name = self.choice.one(["json_each", "json_each", "json_tree"])
        document = self.generator.expressions.document(scope, 1)
        path = f", {quoted(self.choice.one(PATHS))}" if self.choice.chance(0.3) else ""
        columns = [
            *(Column(f"{alias}.{name}", "", False) for name in ("key", "value", "atom")),
            *(Column(f"{alias}.{name}", "", True) for name in ("type", "id", "parent", "fullkey", "path")),
        ]
        return text(f"{name}(", document, path, f") AS {alias}"), columns

    def _item(self, outer: Scope, depth: int) -> Clause:
        """A source, or a join in parentheses."""
        if depth < 2 and not self.tables_only and self.choice.maybe("join.nested", 0.25):
            return self._in_parentheses(outer, depth)
        sql, columns = self._source(outer)
        made = Clause()
        made.parts = [sql]
        made.columns = columns
        made.plain = {_bare(column): True for column in columns if _bare(column)}
        return made

    def _in_parentheses(self, outer: Scope, depth: int) -> Clause:
        made = self._list(outer, 2 if depth or self.choice.chance(0.7) else 3, depth + 1)
        made.parts = ["(", *made.parts, ")"]
        if self.choice.maybe("join.alias", 0.3):
            alias = self.schema.fresh("q")
            made.parts.append(f" AS {alias}")
            # An alias qualifies the labels of columns, of which only the clear ones are known here.
            named = [name for name, clear in made.plain.items() if clear]
            made.columns = [*made.columns, *(Column(f"{alias}.{name}", "", False) for name in named)]
        return made

    def _join(self, left: Clause, right: Clause, outer: Scope) -> None:
        """Join one more item to a clause."""
        kind = self.choice.pick(list(_KINDS))
        word = _KINDS[kind]
        outer_right = kind in ("join.right", "join.full")
        condition = "" if kind == "join.comma" else self.choice.pick(_CONDITIONS)
        shared = [name for name in right.plain if name in left.plain]
        clear = [name for name in shared if left.plain[name] and right.plain[name]]
        if kind == "join.full":
            # Where the two are of several types, C SQLite reads whole REALs from it now as REALs, now as integers.
            clear = [name for name in clear if len(_types(name, left, right)) == 1]
        using: list[str] = []
        tail = EMPTY
        if condition == "join.natural" and (clear == shared or self.choice.chance(0.1)):
            using = shared
            word = f" NATURAL{word}"
        elif condition == "join.using" and clear:
            some = clear if self.choice.chance(0.95) else shared
            using = self.choice.sample(some, self.choice.number(1, 2))
            tail = text(f" USING ({', '.join(using)})")
        elif condition and (kind != "join.cross" or self.choice.chance(0.2)):
            tail = text(" ON ", self._on(left, right, outer, outer_right))
        left.parts.append(optional(word, *right.parts, tail))
        left.right = left.right or right.right or outer_right
        left.add(right, using)

    def _on(self, left: Clause, right: Clause, outer: Scope, outer_right: bool) -> Sql:
        if not outer_right:
            return self._condition(left.columns, right.columns, outer)
        # C SQLite loses rows of the right side that a LIKE in ON does not match, where it makes a range of it.
        with self.choice.without("expression.like"):
            return self._condition(left.columns, right.columns, outer)

    def _condition(self, left: list[Column], right: list[Column], outer: Scope) -> Sql:
        one, other = self.choice.one(left), self.choice.one(right)
        sides = [expression(side.name, self._collation()) for side in (one, other)]
        equal = expression(sides[0], self.choice.one([" = ", " = ", " = ", " < ", " IS "]), sides[1])
        if self.choice.chance(0.7):
            return equal
        rest = self.generator.expressions.condition(Scope([*left, *right], outer), 1)
        return expression("(", items([equal, rest], self.choice.one([" AND ", " AND ", " OR "])), ")")

    def _collation(self) -> str:
        if not self.choice.maybe("join.collate", 0.08):
            return ""
        return f" COLLATE {self.choice.one(['NOCASE', 'RTRIM', 'BINARY'])}"

    # -- sources

    def _source(self, outer: Scope) -> tuple[Sql, list[Column]]:
        alias = self.schema.fresh("a")
        queries = self.generator.queries
        if self.common and self.choice.chance(0.6):
            return self._named(self.choice.one(self.common), alias)
        kinds = ["from.table"]
        if self.schema.views and not self.tables_only:
            kinds.append("from.view")
        if queries.depth < 2 and not self.tables_only:
            kinds += ["from.subquery", "from.values", "from.star", "from.elements"]
        kind = self.choice.pick(kinds)
        if kind == "from.subquery":
            return self._subquery(outer, alias)
        if kind == "from.star":
            return self._star(alias)
        if kind == "from.elements":
            return self._elements(NOTHING, alias)
        if kind == "from.values":
            width = self.choice.number(1, 2)
            columns = [Column(f"{alias}.column{position + 1}", "", False) for position in range(width)]
            return text("(", queries.values(width, self.choice.number(1, 3)), f") AS {alias}"), columns
        return self._named(
            self.choice.one(self.schema.views if kind == "from.view" else self.schema.tables), alias
        )

    def _subquery(self, outer: Scope, alias: str) -> tuple[Sql, list[Column]]:
        """A subquery, which may read the columns of the query around its own, and have columns named as tables have."""
        around = outer if self.choice.maybe("from.correlated", 0.3) else NOTHING
        query = self.generator.queries.table_expression(around, self.choice.number(1, 3))
        columns = query.columns
        sql = query.sql
        if self.choice.maybe("from.renamed", 0.4):
            names = self.choice.sample(["c0", "c1", "c2", "c3"], len(columns))
            outputs = [f"{column.name} AS {name}" for column, name in zip(columns, names)]
            columns = [column.called(name) for column, name in zip(columns, names)]
            sql = text(f"SELECT {', '.join(outputs)} FROM (", sql, ")")
        return text("(", sql, f") AS {alias}"), [one.called(f"{alias}.{one.name}") for one in columns]

    def _star(self, alias: str) -> tuple[Sql, list[Column]]:
        """``SELECT *`` over a join: the first column of each name has that name, a second one a number."""
        made = self._list(NOTHING, 2, 1)
        names = [
            name if clear or self.choice.chance(0.7) else f'"{name}:1"' for name, clear in made.plain.items()
        ]
        if not names:
            names = ["absent"]
        columns = [Column(f"{alias}.{name}", "", False) for name in names]
        return text("(SELECT * FROM ", *made.parts, f") AS {alias}"), columns

    def _named(self, table: Table, alias: str) -> tuple[Sql, list[Column]]:
        columns = [column.called(f"{alias}.{column.name}") for column in table.columns]
        if table.rowid and not table.view and self.choice.chance(0.2):
            columns = [*columns, Column(f"{alias}.rowid", "INTEGER", True)]
        # What an index holds stands beside the columns, so that queries come to use the index.
        columns += [Column(f"({_qualify(one, alias)})", "", False) for one in table.expressions]
        place = self.generator.attachments.place(table)
        if self.choice.maybe("from.parentheses", 0.03):
            return text(f"({place}) AS {alias}"), columns
        return text(f"{place} AS {alias}{self._hint(table)}"), columns

    def _hint(self, table: Table) -> str:
        """Now and then, which index of a table is to be used, or that none is."""
        if table.view:
            return ""
        if self.choice.maybe("from.not_indexed", 0.05):
            return " NOT INDEXED"
        partial = self.choice.chance(0.1)
        indexes = [
            index.name for index in self.schema.indexes if index.table is table and index.partial == partial
        ]
        if indexes and self.choice.maybe("from.indexed_by", 0.1):
            return f" INDEXED BY {self.choice.one(indexes)}"
        return ""


def _types(name: str, *clauses: Clause) -> set[str]:
    """The affinities of the columns of a name."""
    return {column.affinity for clause in clauses for column in clause.columns if _bare(column) == name}


def _bare(column: Column) -> str:
    """A column's plain name; "" for an expression and for the rowid, by which nothing is joined."""
    name = column.name.rpartition(".")[2]
    return "" if "(" in column.name or name == "rowid" else name


def _qualify(expression: str, alias: str) -> str:
    """An expression over bare columns as one over an alias's columns."""
    return re.sub(r"\b([cgnd]\d+)\b", rf"{alias}.\1", expression)
