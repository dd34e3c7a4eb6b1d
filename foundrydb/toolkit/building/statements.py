"""SELECT, INSERT, UPDATE and DELETE, whose clauses are methods.

A builder is never changed: each method gives another one.  Conditions add up by AND, columns and terms of order one
after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias, TypeVar

from foundrydb.compiler.syntax import ast
from foundrydb.toolkit.building import fragments
from foundrydb.toolkit.building.fragments import name_node, qualified_name
from foundrydb.toolkit.building.terms import BuiltExpression, Operand, operand, operands
from foundrydb.toolkit.stages import parse, parse_expression, to_sql

Condition: TypeAlias = "BuiltExpression | str"
"""A condition: an expression, or SQL."""

Column: TypeAlias = "BuiltExpression | ast.ResultColumn | str"
Order: TypeAlias = "BuiltExpression | ast.OrderTerm | str"
Table: TypeAlias = "str | SelectBuilder"

Tree = TypeVar("Tree", ast.Select, ast.Insert, ast.Update, ast.Delete)


class _Builder:
    """A statement that is being built."""

    def __init__(self, made: ast.Statement) -> None:
        self._made: Final = made

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.sql()}>"

    def __str__(self) -> str:
        return self.sql()

    def sql(self) -> str:
        """The statement's text."""
        return to_sql(self._made)

    def _read(self, kind: type[Tree]) -> Tree:
        """The statement as it is read from its text: nodes know their places there, parameters their numbers."""
        (statement,) = parse(self.sql())
        assert isinstance(statement, kind)
        return statement


def select(*columns: Column) -> SelectBuilder:
    """SELECT; of all columns where none is given."""
    core = ast.SelectCore(0, 0, False, _columns(columns or ("*",)), None, None, (), None, ())
    return SelectBuilder(ast.Select(0, 0, None, core, (), None, None))


class SelectBuilder(_Builder):
    """A query."""

    def __init__(self, made: ast.Select) -> None:
        super().__init__(made)
        self._select: Final = made

    @property
    def node(self) -> ast.Select:
        """The query as a syntax tree."""
        return self._read(ast.Select)

    def columns(self, *columns: Column) -> SelectBuilder:
        """Further columns."""
        return self._core(columns=self._simple().columns + _columns(columns))

    def distinct(self) -> SelectBuilder:
        """SELECT DISTINCT."""
        return self._core(distinct=True)

    def from_(self, table: Table, alias: str = "") -> SelectBuilder:
        """FROM: SQL (``t AS x``), or a query with an alias; further ones by commas."""
        before = self._simple().from_
        source = _source(table, alias)
        return self._core(
            from_=source if before is None else ast.Join(0, 0, before, "COMMA", False, source, None, ())
        )

    def join(
        self,
        table: Table,
        on: Condition | None = None,
        *,
        using: str | tuple[str, ...] = (),
        kind: str = "INNER",
        alias: str = "",
    ) -> SelectBuilder:
        """A join with what was named so far.

        Args:
            kind: ``INNER``, ``CROSS``, ``LEFT``, ``RIGHT`` or ``FULL``.

        Raises:
            ValueError: there is no such kind, or nothing to join with.
        """
        before = self._simple().from_
        if before is None:
            raise ValueError("a join comes after from_()")
        if kind.upper() not in ("INNER", "CROSS", "LEFT", "RIGHT", "FULL"):
            raise ValueError(f"no kind of join: {kind}")
        names = tuple([name_node(each) for each in ((using,) if isinstance(using, str) else using)])
        condition = None if on is None else _condition(on)
        return self._core(
            from_=ast.Join(0, 0, before, kind.upper(), False, _source(table, alias), condition, names)
        )

    def left_join(self, table: Table, on: Condition | None = None, *, alias: str = "") -> SelectBuilder:
        """LEFT JOIN."""
        return self.join(table, on, kind="LEFT", alias=alias)

    def where(self, *conditions: Condition) -> SelectBuilder:
        """WHERE."""
        return self._core(where=_all(self._simple().where, conditions))

    def group_by(self, *terms: BuiltExpression | str) -> SelectBuilder:
        """GROUP BY."""
        return self._core(group_by=self._simple().group_by + tuple([_condition(term) for term in terms]))

    def having(self, *conditions: Condition) -> SelectBuilder:
        """HAVING."""
        return self._core(having=_all(self._simple().having, conditions))

    def order_by(self, *terms: Order) -> SelectBuilder:
        """ORDER BY."""
        added: list[ast.OrderTerm] = []
        for term in terms:
            if isinstance(term, str):
                added += fragments.order_terms(term)
            else:
                added.append(term.asc() if isinstance(term, BuiltExpression) else term)
        return SelectBuilder(self._select.replace(order_by=self._select.order_by + tuple(added)))

    def limit(self, rows: Operand, offset: Operand = None) -> SelectBuilder:
        """LIMIT, with OFFSET where that is given."""
        skipped = None if offset is None else operand(offset)
        return SelectBuilder(self._select.replace(limit=operand(rows), offset=skipped))

    def union(self, other: SelectBuilder, operator: str = "UNION") -> SelectBuilder:
        """A compound: ``UNION``, ``UNION ALL``, ``INTERSECT`` or ``EXCEPT``.

        Raises:
            ValueError: there is no such operator, or one of the queries has ORDER BY, LIMIT or WITH.
        """
        if operator not in ("UNION", "UNION ALL", "INTERSECT", "EXCEPT"):
            raise ValueError(f"no operator of a compound: {operator}")
        for each in (self._select, other._select):
            if each.order_by or each.limit is not None or each.with_ is not None:
                raise ValueError("ORDER BY, LIMIT and WITH are said of the whole compound, after union()")
        mine, theirs = self._select.body, other._select.body
        if not isinstance(theirs, ast.SelectTerm):
            raise ValueError("the right side of a compound is one SELECT")
        part = ast.CompoundPart(0, 0, operator, theirs)
        if isinstance(mine, ast.Compound):
            return SelectBuilder(self._select.replace(body=mine.replace(rest=(*mine.rest, part))))
        assert isinstance(mine, ast.SelectTerm)
        return SelectBuilder(self._select.replace(body=ast.Compound(0, 0, mine, (part,))))

    def with_(self, name: str, query: SelectBuilder, *columns: str, recursive: bool = False) -> SelectBuilder:
        """WITH: a common table expression before the query."""
        names = tuple([name_node(each) for each in columns])
        table = ast.CommonTable(0, 0, name_node(name), names, "", query._select)
        known = self._select.with_
        before = () if known is None else known.tables
        recurs = recursive or (known is not None and known.recursive)
        return SelectBuilder(self._select.replace(with_=ast.With(0, 0, recurs, (*before, table))))

    def term(self) -> BuiltExpression:
        """The query as a value: ``(SELECT …)``."""
        return BuiltExpression(ast.Subquery(0, 0, self._select))

    def _simple(self) -> ast.SelectCore:
        body = self._select.body
        if not isinstance(body, ast.SelectCore):
            raise ValueError(
                "a compound has ORDER BY and LIMIT; other clauses belong to the queries that it is made of"
            )
        return body

    def _core(self, **fields: object) -> SelectBuilder:
        return SelectBuilder(self._select.replace(body=self._simple().replace(**fields)))


# -- changes


def insert_into(table: str, *columns: str, schema: str = "", conflict: str = "") -> InsertBuilder:
    """INSERT INTO a table; ``conflict``: ``REPLACE``, ``IGNORE``, …."""
    names = tuple([name_node(each) for each in columns])
    return InsertBuilder(
        ast.Insert(0, 0, None, conflict.upper(), qualified_name(table, schema), None, names, None, (), ())
    )


class InsertBuilder(_Builder):
    """An INSERT."""

    def __init__(self, made: ast.Insert) -> None:
        super().__init__(made)
        self._insert: Final = made

    @property
    def node(self) -> ast.Insert:
        """The statement as a syntax tree."""
        return self._read(ast.Insert)

    def values(self, *row: Operand) -> InsertBuilder:
        """A row; further ones by further calls."""
        made = ast.ValuesRow(0, 0, operands(row))
        source = self._insert.source
        rows: tuple[ast.ValuesRow, ...] = ()
        if source is not None:
            if not isinstance(source.body, ast.Values):
                raise ValueError("the rows come from a query already")
            rows = source.body.rows
        select = ast.Select(0, 0, None, ast.Values(0, 0, (*rows, made)), (), None, None)
        return InsertBuilder(self._insert.replace(source=select))

    def select(self, query: SelectBuilder) -> InsertBuilder:
        """The rows of a query."""
        return InsertBuilder(self._insert.replace(source=query._select))

    def returning(self, *columns: Column) -> InsertBuilder:
        """RETURNING."""
        return InsertBuilder(self._insert.replace(returning=_columns(columns)))


def update(table: str, alias: str = "", schema: str = "") -> UpdateBuilder:
    """UPDATE a table."""
    return UpdateBuilder(
        ast.Update(0, 0, None, "", _table(table, alias, schema), (), None, None, ())
    )  # fmt: skip


class UpdateBuilder(_Builder):
    """An UPDATE."""

    def __init__(self, made: ast.Update) -> None:
        super().__init__(made)
        self._update: Final = made

    @property
    def node(self) -> ast.Update:
        """The statement as a syntax tree.

        Raises:
            ValueError: nothing is set yet.
        """
        return self._read(ast.Update)

    def sql(self) -> str:
        if not self._update.assignments:
            raise ValueError("an UPDATE sets something: set() is missing")
        return super().sql()

    def set(self, values: Mapping[str, Operand] | None = None, /, **named: Operand) -> UpdateBuilder:
        """SET, by the names of columns."""
        pairs = {**(values or {}), **named}
        added = [
            ast.Assignment(0, 0, (name_node(name),), False, operand(given)) for name, given in pairs.items()
        ]
        return UpdateBuilder(self._update.replace(assignments=(*self._update.assignments, *added)))

    def from_(self, table: Table, alias: str = "") -> UpdateBuilder:
        """FROM: what the new values come from."""
        return UpdateBuilder(self._update.replace(from_=_source(table, alias)))

    def where(self, *conditions: Condition) -> UpdateBuilder:
        """WHERE."""
        return UpdateBuilder(self._update.replace(where=_all(self._update.where, conditions)))

    def returning(self, *columns: Column) -> UpdateBuilder:
        """RETURNING."""
        return UpdateBuilder(self._update.replace(returning=_columns(columns)))


def delete_from(table: str, alias: str = "", schema: str = "") -> DeleteBuilder:
    """DELETE FROM a table."""
    return DeleteBuilder(ast.Delete(0, 0, None, _table(table, alias, schema), None, ()))


class DeleteBuilder(_Builder):
    """A DELETE."""

    def __init__(self, made: ast.Delete) -> None:
        super().__init__(made)
        self._delete: Final = made

    @property
    def node(self) -> ast.Delete:
        """The statement as a syntax tree."""
        return self._read(ast.Delete)

    def where(self, *conditions: Condition) -> DeleteBuilder:
        """WHERE."""
        return DeleteBuilder(self._delete.replace(where=_all(self._delete.where, conditions)))

    def returning(self, *columns: Column) -> DeleteBuilder:
        """RETURNING."""
        return DeleteBuilder(self._delete.replace(returning=_columns(columns)))


# -- pieces


def _columns(given: tuple[Column, ...]) -> tuple[ast.ResultColumn, ...]:
    found: list[ast.ResultColumn] = []
    for each in given:
        if isinstance(each, str):
            found += fragments.result_columns(each)
        elif isinstance(each, BuiltExpression):
            found.append(ast.ResultExpression(0, 0, each.node, None))
        else:
            found.append(each)
    return tuple(found)


def _source(given: Table, alias: str) -> ast.Source:
    name = name_node(alias) if alias else None
    if isinstance(given, SelectBuilder):
        return ast.SubquerySource(0, 0, given._select, name)
    source = fragments.source(given)
    if name is None:
        return source
    if isinstance(source, (ast.TableSource, ast.FunctionSource)):
        return source.replace(alias=name)
    return ast.ParenthesizedSource(0, 0, source, name)


def _table(table: str, alias: str, schema: str) -> ast.TableSource:
    name = name_node(alias) if alias else None
    return ast.TableSource(0, 0, qualified_name(table, schema), name, None, False)


def _condition(given: Condition) -> ast.Expression:
    if isinstance(given, str):
        found = parse_expression(given)
        assert found is not None
        return found
    return given.node


def _all(before: ast.Expression | None, conditions: tuple[Condition, ...]) -> ast.Expression | None:
    """All conditions, those before and these, joined by AND."""
    whole = before
    for each in conditions:
        node = _condition(each)
        whole = node if whole is None else ast.Binary(0, 0, "AND", whole, node)
    return whole
