"""A query taken apart around one row of one of its tables: after which piece is the row gone?

The row is marked by a condition that is true of it alone.  FROM is put together term by term, then the conditions of
WHERE are added one by one, then the groups, HAVING, the other terms of a compound, and LIMIT; each time the question is
whether anything marked is left.  In a query around it, whose FROM the query stands in, the mark is a column of the
derived table.  All of this is asked in SQL, of the engine itself, so that what NULLs, collations, affinities and outer
joins mean is not said here once more.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import rewrite, walk
from foundrydb.compiler.syntax.parser import parse
from foundrydb.errors import Error
from foundrydb.toolkit.missing_row.occurrence import (
    CONDITION,
    Occurrence,
    QueryFrame,
    conjuncts,
    leaves,
)
from foundrydb.toolkit.missing_row.probe import MARK, CannotTell, Prober, Row, RowKey, sql_of
from foundrydb.vm.functions.text.quoting import quoted

MOST_ROWS: Final = 100_000
"""Of so many rows at most a LIMIT is looked behind."""


class Answer:
    """What became of the row at one place where the statement reads its table.

    Attributes:
        kind: ``dropped``, ``there``, or ``unknown``: it cannot be told.
        text: what dropped it, how it is there, or why it cannot be told.
        spans: the piece of the SQL that dropped it.
    """

    def __init__(self, kind: str, text: str, spans: list[tuple[int, int]] | None = None) -> None:
        self.kind: Final = kind
        self.text: Final = text
        self.spans: Final[list[tuple[int, int]]] = [] if spans is None else spans


class Dropped(Exception):
    """A piece of the statement dropped the row."""

    def __init__(self, text: str, piece: ast.Node) -> None:
        super().__init__(text)
        self.answer: Final = Answer("dropped", text, [(piece.start, piece.end)])


class Dissection:
    """One place where a statement reads the row's table."""

    def __init__(self, asks: Prober, occurrence: Occurrence, key: RowKey) -> None:
        self._asks: Final = asks
        self._occurrence: Final = occurrence
        self._key: Final = key

    def answer(self) -> Answer:
        """What became of the row."""
        try:
            return self._follow()
        except Dropped as dropped:
            return dropped.answer
        except CannotTell as problem:
            return Answer("unknown", str(problem))
        except Error as problem:
            if problem.code == "SQLITE_INTERRUPT":
                raise
            return Answer("unknown", f"a question about a part of the statement failed: {problem.message}")

    def _follow(self) -> Answer:
        """Follow the row from its FROM outwards."""
        frames = list(self._occurrence.frames)
        asks = self._within(frames)
        mark = self._key.condition(self._occurrence.name)
        _refuse_hidden(frames[-1].core, self._occurrence)
        at: ast.Source = self._occurrence.source
        for depth in range(len(frames) - 1, -1, -1):
            frame = frames[depth]
            level = QueryLevel(asks[depth], frame, at, mark)
            level.dissect()
            if depth == 0:
                return Answer("there", level.told())
            outer = frames[depth - 1]
            if outer.how == CONDITION:
                return Answer(
                    "there", f"it is among the rows of the subquery{level.as_value_in(outer.written)}"
                )
            assert outer.source is not None
            at, mark = _marked_source(outer.source, level)
            core = _with_source(outer.core, outer.source, at)
            frames[depth - 1] = QueryFrame(outer.select, core, outer.written, outer.how)
        raise AssertionError

    def _within(self, frames: list[QueryFrame]) -> list[Prober]:
        """Who asks about each query: within the WITHs, and for queries in expressions the FROMs, around it."""
        asks = self._asks
        found = []
        for i, frame in enumerate(frames):
            with_ = "" if frame.select.with_ is None else sql_of(frame.select.with_)
            if i > 0 and frames[i - 1].how == CONDITION:
                before = frames[i - 1].core.from_
                asks = asks.inside(with_, "" if before is None else sql_of(before))
            elif with_:
                asks = asks.below(with_)
            found.append(asks)
        return found


def _refuse_hidden(core: ast.SelectCore, occurrence: Occurrence) -> None:
    """See that the row's table can be named where conditions stand."""
    assert core.from_ is not None
    names = [
        (each.name.name if each.alias is None else each.alias).text.lower()
        for each in leaves(core.from_)
        if isinstance(each, ast.TableSource)
    ]
    if names.count(occurrence.name.lower()) > 1:
        raise CannotTell(f"two terms of FROM are called {occurrence.name}")
    waiting: list[ast.Source] = [core.from_]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Join):
            waiting += [each.left, each.right]
        elif isinstance(each, ast.ParenthesizedSource):
            if each.alias is not None and occurrence.source in leaves(each):
                raise CannotTell(f"the row's table is hidden behind the alias {each.alias.text}")
            waiting.append(each.source)


class QueryLevel:
    """One query on the way out.

    Args:
        at: the term of its FROM that the row comes in by.
        mark: the condition that is true of the row there.
    """

    def __init__(self, asks: Prober, frame: QueryFrame, at: ast.Source, mark: str) -> None:
        self._asks: Final = asks
        self.select: Final = frame.select
        self.core: Final = frame.core
        self._written: Final = frame.written
        self._at: Final = at
        self.mark: Final = mark
        assert self.core.from_ is not None
        self._from: Final = sql_of(self.core.from_)
        self._columns: Final = ", ".join(sql_of(column) for column in self.core.columns)
        self._widened: Final = self.core is not frame.written and any(
            not isinstance(column, ast.ResultExpression) for column in self.core.columns
        )
        windows = ", ".join(sql_of(each) for each in self.core.windows)
        self._windows: Final = f" WINDOW {windows}" if windows else ""
        self._where: list[str] = [mark]
        self.grouped = bool(self.core.group_by) or self._is_one_group()

    def _is_one_group(self) -> bool:
        """Whether aggregates make one row of all; such a query has a row where nothing comes in."""
        if self.core.having is not None:
            return True
        return self._asks.any(f"SELECT {self._columns} FROM {self._from} WHERE 0{self._windows}")

    def dissect(self) -> None:
        """Find what drops the row in this query.

        Raises:
            Dropped: something does.
            CannotTell: the query cannot be taken apart.
        """
        if not self._asks.any(f"SELECT 1 FROM {sql_of(self._leaf())} WHERE {self.mark}"):
            raise CannotTell("a join in parentheses, or a query in FROM, drops it")
        self._joins()
        self._conditions()
        if self.grouped:
            self._groups()
        if isinstance(self.select.body, ast.Compound) or self.select.limit is not None:
            self._refuse_other_values()
        if isinstance(self.select.body, ast.Compound):
            self._compound(self.select.body)
        if self.select.limit is not None:
            self._limit(self.select.limit)

    def _refuse_other_values(self) -> None:
        """See that what the query makes of the row alone is what it makes of it among others."""
        if self._widened:
            raise CannotTell("its values are not listed one by one, and a compound or a LIMIT follows")
        if any(isinstance(node, ast.Call) and node.over is not None for node in walk(self.core)):
            raise CannotTell("window functions look at other rows, and a compound or a LIMIT follows")

    def _leaf(self) -> ast.Source:
        """The term of FROM that the row comes in by, with what is in parentheses with it."""
        source = self.core.from_
        while isinstance(source, ast.Join):
            source = source.right if _stands_in(self._at, source.right) else source.left
        assert source is not None
        return source

    def told(self) -> str:
        """How the row is there, after all."""
        if self.grouped:
            return (
                "it is there: in a group" if self.core.group_by else "it is there: in the group of all rows"
            )
        return "it is there"

    def as_value_in(self, outer: ast.SelectCore) -> str:
        """What else is to be said where the query stands in another one as a value: that has room for one row."""
        if self.grouped and not self.core.group_by:
            return ""
        is_value = any(isinstance(node, ast.Subquery) and node.select is self.select for node in walk(outer))
        return ", of which only the first counts" if is_value else ""

    # joins --------------------------------------------------------------------------------------------------

    def _joins(self) -> None:
        """Put FROM together from the row's term on."""
        joins: list[ast.Join] = []
        source = self.core.from_
        assert source is not None
        while isinstance(source, ast.Join) and not _stands_in(self._at, source.right):
            joins.append(source)
            source = source.left
        if isinstance(source, ast.Join):
            self._joined_in(source)
        for join in reversed(joins):
            if not self._asks.any(f"SELECT 1 FROM {sql_of(join)} WHERE {self.mark}"):
                self._lost_in(join, sql_of(join.left), [self.mark])

    def _joined_in(self, join: ast.Join) -> None:
        """The join that the row's own term is the right side of."""
        if self._asks.any(f"SELECT 1 FROM {sql_of(join)} WHERE {self.mark}"):
            return
        left = sql_of(join.left)
        if not self._asks.any(f"SELECT 1 FROM {left}"):
            raise Dropped("the terms of FROM before it have no row", join.left)
        self._lost_in(join, left, [self.mark])

    def _lost_in(self, join: ast.Join, left: str, marks: list[str]) -> None:
        """Say what of a join dropped the row."""
        right = sql_of(join.right)
        if not self._asks.any(f"SELECT 1 FROM {right}") and not isinstance(join.right, ast.FunctionSource):
            raise Dropped(f"{_called(join.right)} has no row to join it with", join.right)
        if join.on is None:
            raise Dropped(f"no row of the other side of {_join_name(join)} has the same values", join)
        met = list(marks)
        for condition in conjuncts(join.on):
            met.append(f"({sql_of(condition)})")
            if not self._asks.any(f"SELECT 1 FROM {left} CROSS JOIN {right} WHERE {' AND '.join(met)}"):
                raise Dropped(
                    f"no row that it is joined with satisfies ON {self._asks.as_written(condition)}",
                    condition,
                )
        raise CannotTell("the join drops it, and no condition of its own does")

    # conditions ---------------------------------------------------------------------------------------------

    def _conditions(self) -> None:
        """Add the conditions of WHERE, one by one."""
        for condition in conjuncts(self.core.where):
            text = f"({sql_of(condition)})"
            before = " AND ".join(self._where)
            self._where.append(text)
            if not self._asks.any(self._rows_with(" AND ".join(self._where))):
                raise Dropped(
                    f"WHERE {self._asks.as_written(condition)} {self._found(condition, before)}", condition
                )

    def _rows_with(self, condition: str) -> str:
        """The rows of FROM with a condition, which may name what the query's columns are called."""
        if self.grouped:
            return f"SELECT 1 FROM {self._from} WHERE {condition}"
        return f"SELECT {self._columns} FROM {self._from} WHERE {condition}{self._windows}"

    def _found(self, condition: ast.Expression, before: str) -> str:
        """How a condition comes out for the row, with the values that it compares."""
        if self._asks.correlated:
            return "is not true"
        false = self._asks.any(self._rows_with(f"{before} AND NOT ({sql_of(condition)})"))
        said = "is not true" if false else "is NULL, which is not true"
        if len(self._asks.rows(self._rows_with(before), 2)) > 1:
            return f"{said} of any row that it is joined to"
        if isinstance(condition, ast.Binary) and isinstance(condition.left, ast.Column):
            return f"{said}{self._value(condition.left, before)}"
        return said

    def _value(self, column: ast.Column, before: str) -> str:
        """What a column is in the only row that there is; nothing of what is no column of FROM."""
        text = sql_of(column)
        try:
            ((value,),) = self._asks.rows(f"SELECT {text} FROM {self._from} WHERE {before}", 1)
        except Error:
            return ""
        return f": {text} is {quoted(value)}"

    # groups -------------------------------------------------------------------------------------------------

    def _groups(self) -> None:
        """Make the groups, and add the conditions of HAVING."""
        met: list[str] = []
        for condition in conjuncts(self.core.having):
            met.append(f"({sql_of(condition)})")
            if not self._asks.any(self.grouped_query(met)):
                raise Dropped(
                    f"HAVING {self._asks.as_written(condition)} is not true of its group", condition
                )

    def grouped_query(self, having: list[str]) -> str:
        """The groups that the row is in, those that satisfy some conditions."""
        where = " AND ".join(self._where[1:])
        groups = ", ".join(sql_of(each) for each in self.core.group_by)
        conditions = " AND ".join([*having, self._group_mark()])
        return (
            f"SELECT {self._columns} FROM {self._from}"
            + (f" WHERE {where}" if where else "")
            + (f" GROUP BY {groups}" if groups else "")
            + f" HAVING {conditions}{self._windows}"
        )

    def _group_mark(self) -> str:
        """Whether the row is in a group.

        Another max() would change what columns beside the only min() or max() are.
        """
        return f"total({self.mark}) > 0"

    def own_rows(self) -> str:
        """A query for what the core makes of the row."""
        if self.grouped:
            return self.grouped_query([f"({sql_of(each)})" for each in conjuncts(self.core.having)])
        distinct = "DISTINCT " if self.core.distinct else ""
        return f"SELECT {distinct}{self._columns} FROM {self._from} WHERE {' AND '.join(self._where)}{self._windows}"

    # whole queries ------------------------------------------------------------------------------------------

    def _compound(self, body: ast.Compound) -> None:
        """Follow what became of the row through the terms behind its own."""
        whole = sql_of(body.first)
        inside = body.first is self._written
        for part in body.rest:
            before, whole = whole, f"{whole} {part.operator} {sql_of(part.term)}"
            if part.term is self._written:
                inside = True
                if part.operator == "EXCEPT":
                    raise CannotTell("it is in the term behind EXCEPT, whose rows are taken away")
                if part.operator == "INTERSECT" and not self._in_both(before):
                    raise Dropped("the terms before INTERSECT have no such row", part)
            elif inside and part.operator in ("EXCEPT", "INTERSECT") and not self._in_both(whole):
                raise Dropped(
                    f"{part.operator} takes its row away"
                    if part.operator == "EXCEPT"
                    else "the term behind INTERSECT has no such row",
                    part,
                )

    def _in_both(self, query: str) -> bool:
        return self._asks.any(f"SELECT * FROM ({self.own_rows()}) INTERSECT SELECT * FROM ({query})")

    def _limit(self, limit: ast.Expression) -> None:
        """See whether the row's own rows are among the first ones."""
        if self._asks.correlated:
            raise CannotTell("the subquery has a LIMIT, and is asked anew for each row around it")
        body = sql_of(self.select.body)
        own = self._asks.rows(self.own_rows(), MOST_ROWS)
        order = ", ".join(sql_of(term) for term in self.select.order_by)
        ordered = f"{body} ORDER BY {order}" if order else body
        offset = "" if self.select.offset is None else f" OFFSET {sql_of(self.select.offset)}"
        first = self._asks.rows(f"{ordered} LIMIT {sql_of(limit)}{offset}", MOST_ROWS)
        among = {_key(row) for row in first}
        there = [row for row in own if _key(row) in among]
        if not there:
            raise self._cut_off(limit, own, ordered)
        everything = self._asks.rows(ordered, MOST_ROWS + 1)
        if len(everything) > MOST_ROWS:
            raise CannotTell(f"the query has more than {MOST_ROWS:,} rows, and LIMIT takes some of them")
        for row in there:
            if _count(everything, row) == _count(first, row) or _count(own, row) > _count(
                everything, row
            ) - _count(first, row):
                return
        raise CannotTell(
            "other rows have the same values, and LIMIT takes some of these: which, nobody can see"
        )

    def _cut_off(self, limit: ast.Expression, own: list[Row], ordered: str) -> Exception:
        """Whether LIMIT or OFFSET left the row out."""
        values = self._asks.rows(
            f"SELECT {sql_of(limit)}, {'0' if self.select.offset is None else sql_of(self.select.offset)}"
        )[0]
        everything = self._asks.rows(ordered, MOST_ROWS)
        keys = {_key(row) for row in own}
        places = [i + 1 for i, row in enumerate(everything) if _key(row) in keys]
        at = f"it would be row {places[0]:,} of the result" if places else "it would be in the result"
        if (
            self.select.offset is not None
            and places
            and isinstance(values[1], int)
            and places[0] <= values[1]
        ):
            return Dropped(f"{at}, and OFFSET leaves out {values[1]:,}", self.select.offset)
        rows = "1 row" if values[0] == 1 else f"{values[0]!s} rows"
        return Dropped(f"{at}, and LIMIT ends it after {rows}", limit)

    # the query as a table -------------------------------------------------------------------------------------

    def marked(self) -> str:
        """The query with one more column, which says of a row whether the marked one is part of it.

        Raises:
            CannotTell: it cannot have one.
        """
        if isinstance(self.select.body, ast.Compound):
            raise CannotTell("it is in a term of a compound that other queries read as a table")
        if self.core.distinct:
            raise CannotTell("it is in a DISTINCT query that other queries read as a table")
        mark = self._group_mark() if self.grouped else self.mark
        select = self.select
        parts = [f"SELECT {self._columns}, {mark} AS {MARK} FROM {self._from}"]
        for keyword, node in (("WHERE", self.core.where), ("HAVING", self.core.having)):
            if keyword == "HAVING" and self.core.group_by:
                parts.append("GROUP BY " + ", ".join(sql_of(each) for each in self.core.group_by))
            if node is not None:
                parts.append(f"{keyword} {sql_of(node)}")
        if self._windows:
            parts.append(self._windows)
        if select.order_by:
            parts.append("ORDER BY " + ", ".join(sql_of(term) for term in select.order_by))
        if select.limit is not None:
            parts.append(f"LIMIT {sql_of(select.limit)}")
        if select.offset is not None:
            parts.append(f"OFFSET {sql_of(select.offset)}")
        with_ = "" if select.with_ is None else sql_of(select.with_) + " "
        return with_ + " ".join(parts)


def _marked_source(source: ast.Source, level: QueryLevel) -> tuple[ast.Source, str]:
    """What stands in the place of a derived table to have the mark for a column, and that column."""
    name: ast.Name | None = None
    if isinstance(source, ast.SubquerySource):
        name = source.alias
    elif isinstance(source, ast.TableSource):
        name = source.name.name if source.alias is None else source.alias
    if name is None:
        name = ast.Name(source.start, source.end, "foundrydb_derived", "")
    marked = parse(level.marked())[0]
    assert isinstance(marked, ast.Select)
    made = ast.SubquerySource(source.start, source.end, marked, name)
    return made, f"{quoted_name(name.text)}.{MARK}"


def _with_source(core: ast.SelectCore, old: ast.Source, new: ast.Source) -> ast.SelectCore:
    """A core with another term in its FROM."""

    def change(node: ast.Node) -> ast.Node:
        return new if node is old else node

    assert core.from_ is not None
    source = rewrite(core.from_, change)
    values = [source if value is core.from_ else value for value in core.values_of_fields()]
    made = core.with_fields(values)
    assert isinstance(made, ast.SelectCore)
    return made


def _stands_in(source: ast.Source, within: ast.Source) -> bool:
    return any(each is source for each in leaves(within))


def _called(source: ast.Source) -> str:
    return sql_of(source) if len(sql_of(source)) < 60 else "the other side"


def _join_name(join: ast.Join) -> str:
    if join.using:
        return "USING (" + ", ".join(sql_of(name) for name in join.using) + ")"
    return "NATURAL JOIN" if join.natural else "the join"


def _key(row: Row) -> tuple[object, ...]:
    """A row as a dict can hold it, values of different types apart."""
    return tuple([(type(value), value) for value in row])


def _count(rows: list[Row], row: Row) -> int:
    return sum(_key(each) == _key(row) for each in rows)
