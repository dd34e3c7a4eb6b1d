"""A FROM clause: its items, what USING and NATURAL join by, the conditions, and the joins that come of it all.

It takes two walks over the clause, because an ON condition may refer to any item of it: the first binds the sources
and makes their names known to the scope, the second binds the conditions and joins.

A join in parentheses is a clause of its own, of which the one around it sees a single item.  Parentheses around what
comes first in a clause make no difference, and those around a single source none but that its alias is not seen.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import ColumnRef, Expr, Source
from foundrydb.compiler.bind.expressions.binders import bind, bind_condition
from foundrydb.compiler.bind.expressions.columns import merged_column
from foundrydb.compiler.bind.expressions.comparisons import as_value, compare
from foundrydb.compiler.bind.from_items import FromItem, column_ref
from foundrydb.compiler.bind.properties import conjunction, reads_any, sources_in
from foundrydb.compiler.bind.queries.query_binding import QueryBinding
from foundrydb.compiler.bind.queries.relations import declare_source
from foundrydb.compiler.bind.queries.stars import join_item
from foundrydb.compiler.bind.scope import Scope
from foundrydb.compiler.bind.statements import Bound, BoundJoin, BoundModule, BoundParentheses
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.trees.declared import made_from
from foundrydb.errors import error

MAX_TABLES: Final = 64


@final
class FromTerm:
    """One item of a FROM clause, and the join that it is the right side of.

    syntax: of that join, None for the first item.
    function: the syntax of a table-valued function, whose arguments are bound in the second walk.
    """

    def __init__(
        self, syntax: ast.Join | None, item: FromItem, bound: Bound, function: ast.FunctionSource | None
    ) -> None:
        self.syntax: Final = syntax
        self.item: Final = item
        self.bound: Final = bound
        self.function: Final = function


@final
class Joined:
    """A FROM clause, bound: the tree of its joins, and conditions of inner joins that belong into WHERE."""

    def __init__(self, bound: Bound, conditions: list[Expr]) -> None:
        self.bound: Final = bound
        self.conditions: Final = conditions


# -- the first walk: sources and their names


def declare_from(b: QueryBinding, syntax: ast.Source, scope: Scope) -> list[FromTerm]:
    """The first walk over a FROM clause: its sources become items of ``scope``."""
    terms = [_declare(b, source, join, scope) for source, join in items_in_order(syntax)]
    b.stop_if_refused()
    if len(scope.items) > MAX_TABLES:
        raise error(f"at most {MAX_TABLES} tables in a join")
    _join_columns(b, terms)
    return terms


def declare_update_from(b: QueryBinding, syntax: ast.Source, scope: Scope) -> list[FromTerm]:
    """UPDATE's FROM clause, whose items stand in parentheses where there are several."""
    if len(items_in_order(syntax)) == 1:
        return declare_from(b, syntax, scope)
    bound, item = _join_in_parentheses(b, syntax, "", scope)
    scope.items.append(item)
    return [FromTerm(None, item, bound, None)]


def items_in_order(syntax: ast.Source) -> list[tuple[ast.Source, ast.Join | None]]:
    """The items of a FROM clause, each with the join before it."""
    out: list[tuple[ast.Source, ast.Join | None]] = []
    while True:
        if isinstance(syntax, ast.Join):
            out.append((syntax.right, syntax))
            syntax = syntax.left
        elif isinstance(syntax, ast.ParenthesizedSource) and syntax.alias is None:
            syntax = syntax.source
        else:
            out.append((syntax, None))
            break
    out.reverse()
    return out


def _declare(b: QueryBinding, syntax: ast.Source, join: ast.Join | None, scope: Scope) -> FromTerm:
    """One item; it becomes one of ``scope``."""
    syntax = single_item(syntax)
    if isinstance(syntax, ast.ParenthesizedSource):
        alias = "" if syntax.alias is None else syntax.alias.text
        bound, item = _join_in_parentheses(b, syntax.source, alias, scope)
    else:
        bound, item = declare_source(b, syntax, scope)
    scope.items.append(item)
    if join is not None:
        item.left = join.kind in ("LEFT", "FULL")
        item.right = join.kind in ("RIGHT", "FULL")
    return FromTerm(join, item, bound, syntax if isinstance(syntax, ast.FunctionSource) else None)


def single_item(syntax: ast.Source) -> ast.Source:
    """An item without the parentheses around it, where it is the only one in them."""
    while isinstance(syntax, ast.ParenthesizedSource):
        inside = items_in_order(syntax.source)
        if len(inside) > 1:
            break
        syntax = _renamed(inside[0][0], syntax.alias)
    return syntax


def _renamed(syntax: ast.Source, alias: ast.Name | None) -> ast.Source:
    """A source that stands in parentheses by itself: the alias outside of them counts, even where there is none."""
    start, end = syntax.start, syntax.end
    if isinstance(syntax, ast.TableSource):
        return ast.TableSource(start, end, syntax.name, alias, None, False)
    if isinstance(syntax, ast.SubquerySource):
        return ast.SubquerySource(start, end, syntax.select, alias)
    if isinstance(syntax, ast.FunctionSource):
        return ast.FunctionSource(start, end, syntax.name, syntax.arguments, alias)
    assert isinstance(syntax, ast.ParenthesizedSource)
    return ast.ParenthesizedSource(start, end, syntax.source, alias)


def _join_in_parentheses(
    b: QueryBinding, syntax: ast.Source, alias: str, scope: Scope
) -> tuple[Bound, FromItem]:
    """A join in parentheses, which sees no names but its own and those from outside the query."""
    own = Scope(scope.outer, scope.owner, scope.ctes, scope.default_schema)
    terms = declare_from(b, syntax, own)
    b.stop_if_refused()
    item = join_item(b, own, alias)
    if not b.looks_up_names:
        return terms[0].bound, item
    joined = join_from(b, terms, own)
    return BoundParentheses(joined.bound, joined.conditions), item


# -- USING and NATURAL


def _join_columns(b: QueryBinding, terms: list[FromTerm]) -> None:
    """Find the columns that USING and NATURAL join by.

    Refuse those that one side lacks, and those that meet several on the left which no USING has joined before: only
    where there is a RIGHT or FULL JOIN are these one, whichever of them is not NULL.
    """
    items = [term.item for term in terms]
    merges = any([item.right for item in items])
    for i, term in enumerate(terms):
        syntax = term.syntax
        if syntax is None:
            continue
        if syntax.natural and (syntax.on is not None or syntax.using):
            raise b.fail("a NATURAL join may not have an ON or USING clause", syntax)
        written = [name.text for name in syntax.using]
        if syntax.natural:
            written = _common_columns(items[:i], term.item)
        for name in written:
            holders = _holders(items[:i], fold(name), syntax.natural)
            if term.item.find(fold(name)) < 0 or not holders:
                text = f"cannot join using column {name} - column not present in both tables"
                raise b.fail(text, syntax)
            if merges and any([fold(name) not in item.using for item in holders[1:]]):
                b.ambiguous_using(b.fail(f"ambiguous reference to {name} in USING()", syntax))
            term.item.using.append(fold(name))
            term.item.using_written.append(name)
        _note_using(b, syntax, term.item)


def _note_using(b: QueryBinding, syntax: ast.Join, item: FromItem) -> None:
    """Note what the names in USING refer to: the column on the right."""
    names = b.naming()
    if names is not None:
        for name in syntax.using:
            column = item.column(item.find(fold(name.text)))
            if isinstance(column, ColumnRef):
                names.column(name, column.source, column.index, None)


def _holders(items: list[FromItem], name: str, natural: bool) -> list[FromItem]:
    """The items that have a column; NATURAL sees no hidden one."""
    return [item for item in items if (item.joins_by(name) if natural else item.find(name) >= 0)]


def _common_columns(left: list[FromItem], right: FromItem) -> list[str]:
    """The columns that NATURAL joins: those of the right side that the left side has too."""
    out: list[str] = []
    for column in right.columns:
        name = fold(column.name)
        if not column.hidden and _holders(left, name, True):
            out.append(column.name)
    return out


def _equality(b: QueryBinding, name: str, terms: list[FromTerm], i: int) -> Expr:
    """What USING or NATURAL asks of a column of the i-th item and of those to its left."""
    syntax = terms[i].syntax
    assert syntax is not None
    items = [term.item for term in terms]
    holders = _holders(items[:i], name, syntax.natural)
    merges = any([item.right for item in items])
    columns = [item.column(item.find(name)) for item in (holders if merges else holders[:1])]
    left = merged_column(b, columns)
    right = terms[i].item
    return made_from(syntax, compare(b, "=", left, right.column(right.find(name)), syntax))


# -- the second walk: conditions and joins


def join_from(b: QueryBinding, terms: list[FromTerm], scope: Scope) -> Joined:
    """The second walk: the conditions of the FROM clause, and its joins."""
    late: list[Expr] = []
    bound = _with_arguments(b, terms, 0, scope, late, late)
    for i in range(1, len(terms)):
        syntax = terms[i].syntax
        assert syntax is not None
        on = [_equality(b, name, terms, i) for name in terms[i].item.using]
        right = _with_arguments(b, terms, i, scope, on, late)
        if syntax.on is not None:
            condition = bind_condition(b, syntax.on, scope)
            if _belongs_into_where(b, condition, terms, i, syntax.on, "ON clause"):
                late.append(condition)
            else:
                on.append(condition)
        kind = syntax.kind.lower() if syntax.kind in ("LEFT", "RIGHT", "FULL") else "inner"
        join = BoundJoin(kind, bound, right, conjunction(on), syntax.kind == "CROSS")
        bound = b.asked_by(syntax, join)
    return Joined(bound, late)


def _belongs_into_where(
    b: QueryBinding, condition: Expr, terms: list[FromTerm], i: int, written: ast.Node, what: str
) -> bool:
    """Whether a condition of the i-th item refers to sources to its right, which in outer joins it may not."""
    if not reads_any(condition, _sources(terms[i + 1 :])):
        return False
    syntax = terms[i].syntax
    outer = syntax is not None and syntax.kind in ("LEFT", "RIGHT", "FULL")
    if outer or any([term.item.right for term in terms]):
        raise b.fail(f"{what} references tables to its right", written)
    return True


def _with_arguments(
    b: QueryBinding, terms: list[FromTerm], i: int, scope: Scope, on: list[Expr], late: list[Expr]
) -> Bound:
    """The i-th source; a table-valued function with its arguments, which may refer to sources to its right too.

    One that refers to the function's own columns is a condition: it is added to ``on``, or to ``late`` if it belongs
    into WHERE.
    """
    term = terms[i]
    bound = term.bound
    if term.function is None or not isinstance(bound, BoundModule):
        return bound
    args = [bind(b, argument, scope) for argument in term.function.arguments]
    hidden = [i for i, column in enumerate(bound.source.columns) if column.hidden]
    known: list[Expr] = []
    given: list[int] = []
    for column, arg in zip(hidden, args):
        if bound.source in sources_in(arg):
            condition = compare(b, "=", column_ref(bound.source, column), arg, term.function)
            where = _belongs_into_where(b, condition, terms, i, term.function, "table-function argument")
            (late if where else on).append(condition)
        else:
            known.append(as_value(arg))
            given.append(column)
    return b.asked_by(term.function, BoundModule(bound.source, bound.module, known, given))


def _sources(terms: list[FromTerm]) -> list[Source]:
    """The sources of some items."""
    return [source for term in terms for source in term.item.sources()]
