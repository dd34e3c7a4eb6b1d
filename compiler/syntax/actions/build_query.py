"""Actions of query.lark: from the symbols of a rule to SELECT and its clauses."""

from __future__ import annotations

from typing import Final, cast, final

from mypy_extensions import i64

from foundrydb.compiler.late import named
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.actions.builder import (
    SyntaxBuilder,
    expressions,
    names,
    order_terms,
    qualified,
    result_columns,
)
from foundrydb.compiler.syntax.actions.parts import (
    CompoundTerm,
    IndexChoice,
    JoinCondition,
    JoinWords,
    LimitClause,
    OperatorChain,
    Sources,
    SourcesPrefix,
    folded,
)
from foundrydb.compiler.syntax.symbols import (
    A_APPEND_COMMON_TABLE,
    A_COMMON_TABLE,
    A_COMPOUND,
    A_FIRST_COMMON_TABLE,
    A_FIRST_ROW,
    A_JOIN_COMMA,
    A_JOIN_ON,
    A_JOIN_PLAIN,
    A_JOIN_USING,
    A_JOIN_WORDS,
    A_LIMIT,
    A_LIMIT_OFFSET,
    A_NOT_INDEXED,
    A_NOT_MATERIALIZED,
    A_NULLS_FIRST,
    A_NULLS_LAST,
    A_OFFSET_LIMIT,
    A_ORDER_TERM,
    A_PLAIN_COLUMN,
    A_RESULT_EXPRESSION,
    A_RESULT_STAR,
    A_RESULT_TABLE_STAR,
    A_SELECT,
    A_SELECT_CORE,
    A_SELECT_CORE_WINDOWS,
    A_SELECT_WITH,
    A_SELECT_WITH_RECURSIVE,
    A_SOURCE_FUNCTION,
    A_SOURCE_PARENTHESIZED,
    A_SOURCE_SELECT,
    A_SOURCE_TABLE,
    A_SOURCE_TABLE_INDEXED,
    A_SOURCES_PREFIX,
    A_UNION_ALL,
    A_VALUES,
    A_VALUES_ROW,
)
from foundrydb.errors import error

COMPOUND_LIMIT: Final = 500
"""How many terms a compound SELECT may have (SQLITE_LIMIT_COMPOUND_SELECT)."""

SOURCE_LIMIT: Final = 200
"""How many terms a FROM clause may have (SQLITE_MAX_SRCLIST)."""

# Bits of a join's words.
_INNER: Final = 1
_CROSS: Final = 2
_NATURAL: Final = 4
_LEFT: Final = 8
_RIGHT: Final = 16
_OUTER: Final = 32
_JOIN_BITS: Final[dict[str, int]] = {
    "NATURAL": _NATURAL,
    "LEFT": _LEFT | _OUTER,
    "OUTER": _OUTER,
    "RIGHT": _RIGHT | _OUTER,
    "FULL": _LEFT | _RIGHT | _OUTER,
    "INNER": _INNER,
    "CROSS": _INNER | _CROSS,
}


def query_action(b: SyntaxBuilder, action: i64, base: i64, last: i64) -> object:
    """Run an action of query.lark on the symbols from ``base`` to ``last``."""
    start = b.starts[base]
    end = b.ends[last]
    values = b.values
    if action == A_RESULT_EXPRESSION:
        expression = cast(ast.Expression, values[base])
        return ast.ResultExpression(start, end, expression, cast(ast.Name | None, values[base + 1]))
    if action == A_SELECT:
        return _select(b, start, end, None, base)
    if action in (A_SELECT_CORE, A_SELECT_CORE_WINDOWS):
        return _select_core(b, action, base, start, end)
    if action >= A_SOURCE_TABLE and action <= A_JOIN_WORDS:
        return _from_action(b, action, base, last)
    if action == A_ORDER_TERM:
        return ast.OrderTerm(
            start, end, cast(ast.Expression, values[base]), values[base + 1] == "DESC", _text(b, base + 2)
        )
    if action == A_VALUES_ROW:
        return ast.ValuesRow(start, end, expressions(values[base + 1]))
    if action == A_FIRST_ROW:
        return [values[base + 1]]
    if action == A_VALUES:
        rows = tuple(cast(list[ast.ValuesRow], values[base]))
        return CompoundTerm(ast.Values(start, end, rows), (), None)
    if action == A_RESULT_STAR:
        return ast.ResultStar(start, end)
    if action == A_RESULT_TABLE_STAR:
        return ast.ResultTableStar(start, end, cast(ast.Name, values[base]))
    if action == A_LIMIT:
        return LimitClause(cast(ast.Expression, values[base + 1]), None)
    if action == A_LIMIT_OFFSET:
        return LimitClause(cast(ast.Expression, values[base + 1]), cast(ast.Expression, values[base + 3]))
    if action == A_OFFSET_LIMIT:
        return LimitClause(cast(ast.Expression, values[base + 3]), cast(ast.Expression, values[base + 1]))
    if action <= A_UNION_ALL or action in (A_FIRST_COMMON_TABLE, A_APPEND_COMMON_TABLE):
        return _compound_or_with(b, action, base, start, end)
    if action == A_COMMON_TABLE:
        select = cast(ast.Select, values[base + 4])
        columns = names(values[base + 1])
        return ast.CommonTable(start, end, cast(ast.Name, values[base]), columns, _text(b, base + 2), select)
    if action == A_NOT_MATERIALIZED:
        return "NOT MATERIALIZED"
    if action == A_PLAIN_COLUMN:
        return _plain_column(b, base)
    if action == A_NULLS_FIRST:
        return "FIRST"
    if action == A_NULLS_LAST:
        return "LAST"
    return named("window_action")(b, action, base, last)


def _text(b: SyntaxBuilder, i: i64) -> str:
    value = b.values[i]
    return cast(str, value) if value is not None else ""


def _compound_or_with(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> object:
    values = b.values
    if action == A_UNION_ALL:
        return "UNION ALL"
    if action == A_COMPOUND:
        left = values[base]
        chain = left if isinstance(left, OperatorChain) else OperatorChain(cast(CompoundTerm, left))
        chain.terms.append(cast(CompoundTerm, values[base + 2]))
        chain.operators.append(cast(str, values[base + 1]))
        chain.starts.append(b.starts[base + 1])
        return chain
    if action == A_SELECT_WITH:
        return _select(b, start, end, with_clause(b, base, base + 1, False), base + 2)
    if action == A_SELECT_WITH_RECURSIVE:
        return _select(b, start, end, with_clause(b, base, base + 2, True), base + 3)
    if action == A_FIRST_COMMON_TABLE:
        return _CommonTableList(cast(ast.CommonTable, values[base]))
    assert action == A_APPEND_COMMON_TABLE
    tables = cast(_CommonTableList, values[base])
    table = cast(ast.CommonTable, values[base + 2])
    if not tables.append(table):
        raise b.fail(f"duplicate WITH table name: {table.name.text}", base + 2)
    return tables


@final
class _CommonTableList:
    """The tables of a WITH clause that have been read, and their names."""

    def __init__(self, first: ast.CommonTable) -> None:
        self.tables: Final = [first]
        self._names: Final[set[bytes]] = {folded(first.name)}

    def append(self, table: ast.CommonTable) -> bool:
        """Add a table; False, and nothing done, where its name is taken."""
        name = folded(table.name)
        if name in self._names:
            return False
        self._names.add(name)
        self.tables.append(table)
        return True


def with_clause(b: SyntaxBuilder, base: i64, tables: i64, recursive: bool) -> ast.With:
    """WITH from symbol ``base`` on; its tables are symbol ``tables``."""
    listed = tuple(cast(_CommonTableList, b.values[tables]).tables)
    return ast.With(b.starts[base], b.ends[tables], recursive, listed)


def _select(b: SyntaxBuilder, start: i64, end: i64, with_: ast.With | None, compound: i64) -> ast.Select:
    """A whole query: ORDER BY and LIMIT may stand only in its last term."""
    value = b.values[compound]
    if isinstance(value, OperatorChain):
        final = _checked_last(b, value, compound)
        parts = tuple(
            [
                _compound_part(value.starts[i], value.operators[i], value.terms[i + 1].term)
                for i in range(len(value.operators))
            ]
        )
        first_start = b.starts[compound]
        body: ast.SelectBody = ast.Compound(first_start, final.term.end, value.terms[0].term, parts)
    else:
        final = cast(CompoundTerm, value)
        body = final.term
    limit = final.limit
    if limit is None:
        return ast.Select(start, end, with_, body, final.order_by, None, None)
    return ast.Select(start, end, with_, body, final.order_by, limit.limit, limit.offset)


def _compound_part(start: int, operator: str, term: ast.SelectTerm) -> ast.CompoundPart:
    """A term and the operator before it; ORDER BY and LIMIT, which the last one's rule reads, are the query's."""
    return ast.CompoundPart(start, term.end, operator, term)


def _checked_last(b: SyntaxBuilder, chain: OperatorChain, compound: i64) -> CompoundTerm:
    """The last term of a compound; an error for ORDER BY or LIMIT in another."""
    for i in range(len(chain.operators) - 1, -1, -1):
        term = chain.terms[i]
        if term.order_by or term.limit is not None:
            clause = "ORDER BY" if term.order_by else "LIMIT"
            place = term.order_by[0] if term.order_by else term.term
            message = f"{clause} clause should come after {chain.operators[i]} not before"
            raise error(message).at(place.start, place.end - place.start, b.sql)
    if len(chain.terms) > COMPOUND_LIMIT:
        raise b.fail("too many terms in compound SELECT", compound)
    return chain.terms[len(chain.terms) - 1]


def _select_core(b: SyntaxBuilder, action: i64, base: i64, start: i64, end: i64) -> CompoundTerm:
    """SELECT distinct columns from where group having [windows] order limit."""
    values = b.values
    windows: tuple[ast.WindowDefinition, ...] = ()
    order_at = base + 7
    if action == A_SELECT_CORE_WINDOWS:
        windows = cast(tuple[ast.WindowDefinition, ...], values[base + 7])
        order_at = base + 8
    sources = cast(Sources | None, values[base + 3])
    core = ast.SelectCore(
        start,
        b.ends[order_at - 1],
        cast(bool, values[base + 1]),
        result_columns(values[base + 2]),
        sources.source if sources is not None else None,
        cast(ast.Expression | None, values[base + 4]),
        expressions(values[base + 5]),
        cast(ast.Expression | None, values[base + 6]),
        windows,
    )
    return CompoundTerm(core, order_terms(values[order_at]), cast(LimitClause | None, values[order_at + 1]))


def _plain_column(b: SyntaxBuilder, base: i64) -> object:
    """A column's name, after which COLLATE and a direction are refused (old files may have them)."""
    if not b.legacy and (b.values[base + 1] is not None or b.values[base + 2] is not None):
        raise b.fail(f'syntax error after column name "{b.text(base)}"', base)
    return b.values[base]


def _from_action(b: SyntaxBuilder, action: i64, base: i64, last: i64) -> object:
    """Actions of FROM."""
    values = b.values
    if action == A_SOURCE_TABLE:
        name = qualified(cast(ast.Name, values[base + 1]), cast(ast.Name | None, values[base + 2]))
        alias = cast(ast.Name | None, values[base + 3])
        table = ast.TableSource(name.start, b.ends[base + 3], name, alias, None, False)
        return _joined(b, base, table, base + 4)
    if action == A_SOURCES_PREFIX:
        words = cast(JoinWords, values[base + 1])
        return SourcesPrefix(cast(Sources, values[base]), words.kind, words.natural)
    if action == A_JOIN_COMMA:
        return JoinWords("COMMA", False)
    if action == A_JOIN_PLAIN:
        return JoinWords("INNER", False)
    if action == A_JOIN_ON:
        return JoinCondition(cast(ast.Expression, values[base + 1]), ())
    if action == A_JOIN_WORDS:
        return _join_words(b, base, last)
    if action == A_JOIN_USING:
        return JoinCondition(None, names(values[base + 2]))
    if action == A_NOT_INDEXED:
        return IndexChoice(None)
    start = b.starts[base + 1]
    if action == A_SOURCE_TABLE_INDEXED:
        name = qualified(cast(ast.Name, values[base + 1]), cast(ast.Name | None, values[base + 2]))
        indexed_by = chosen_index(values[base + 4])
        alias = cast(ast.Name | None, values[base + 3])
        table = ast.TableSource(start, b.ends[base + 4], name, alias, indexed_by, indexed_by is None)
        return _joined(b, base, table, base + 5)
    if action == A_SOURCE_FUNCTION:
        name = qualified(cast(ast.Name, values[base + 1]), cast(ast.Name | None, values[base + 2]))
        alias = cast(ast.Name | None, values[base + 6])
        function = ast.FunctionSource(start, b.ends[base + 6], name, expressions(values[base + 4]), alias)
        return _joined(b, base, function, base + 7)
    alias = cast(ast.Name | None, values[base + 4])
    end = b.ends[base + 4]
    if action == A_SOURCE_SELECT:
        query = ast.SubquerySource(start, end, cast(ast.Select, values[base + 2]), alias)
        return _joined(b, base, query, base + 5)
    assert action == A_SOURCE_PARENTHESIZED
    inner = cast(Sources, values[base + 2]).source
    return _joined(b, base, ast.ParenthesizedSource(start, end, inner, alias), base + 5)


def chosen_index(value: object) -> ast.Name | None:
    """The name of INDEXED BY; None for NOT INDEXED."""
    return value.name if isinstance(value, IndexChoice) else cast(ast.Name, value)


def _joined(b: SyntaxBuilder, base: i64, source: ast.Source, condition_at: i64) -> Sources:
    """A source with what stands to its left."""
    prefix = cast(SourcesPrefix | None, b.values[base])
    condition = cast(JoinCondition | None, b.values[condition_at])
    if prefix is None:
        if condition is not None:
            word = "ON" if condition.on is not None else "USING"
            raise b.fail(f"a JOIN clause is required before {word}", condition_at)
        return Sources(source, 1)
    count = prefix.sources.count + 1
    if count > SOURCE_LIMIT:
        raise b.fail(f"too many FROM clause terms, max: {SOURCE_LIMIT}", base + 1)
    on = condition.on if condition is not None else None
    using = condition.using if condition is not None else ()
    left = prefix.sources.source
    end = b.ends[condition_at]
    return Sources(ast.Join(left.start, end, left, prefix.kind, prefix.natural, source, on, using), count)


def _join_words(b: SyntaxBuilder, base: i64, last: i64) -> JoinWords:
    """A join operator of up to three words before JOIN, in any order that makes sense to SQLite."""
    bits = 0
    known = True
    words: list[str] = []
    i = base
    while i < last:
        word = b.text(i)
        words.append(word)
        known = known and word.upper() in _JOIN_BITS
        bits |= _JOIN_BITS.get(word.upper(), 0)
        i += 1
    inner_outer = _INNER | _OUTER
    if not known or bits & inner_outer == inner_outer or bits & (_OUTER | _LEFT | _RIGHT) == _OUTER:
        raise b.fail("unknown join type: " + " ".join(words), base)
    kind = "CROSS" if bits & _CROSS else "INNER"
    if bits & _OUTER:
        sides = bits & (_LEFT | _RIGHT)
        kind = "LEFT" if sides == _LEFT else "RIGHT" if sides == _RIGHT else "FULL"
    return JoinWords(kind, bits & _NATURAL != 0)
