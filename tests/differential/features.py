"""What the generator can write, as data: each feature of the language with how often it is wanted.

A feature's weight is relative to the others among which it is chosen, or scales the chance of an optional
part.  ``since`` is the SQLite version that brought it, so that an older reference is not asked for it.  The
runner lowers the weight of what the engine refuses.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Feature(NamedTuple):
    """One feature: a dotted name, its weight, and the SQLite version that has it."""

    name: str
    weight: float = 1.0
    since: tuple[int, int] = (3, 0)


_LITERALS: Final = [
    Feature("literal.small", 6),
    Feature("literal.boundary", 1.5),
    Feature("literal.real", 2),
    Feature("literal.text", 3),
    Feature("literal.numeric_text", 1.5),
    Feature("literal.latin", 0.2),
    Feature("literal.unicode", 0.2),
    Feature("literal.blob", 0.8),
    Feature("literal.null", 1),
    Feature("literal.boolean", 0.4),
    Feature("literal.hex", 0.3),
    Feature("literal.big", 0.4),
    Feature("literal.underscore", 0.2, (3, 46)),
    Feature("literal.nul", 0.15, (3, 54)),
    Feature("literal.long", 0.15),
    Feature("literal.parameter", 0.1),
]

_EXPRESSIONS: Final = [
    Feature("expression.leaf", 4),
    Feature("expression.arithmetic", 3),
    Feature("expression.bits", 0.8),
    Feature("expression.unary", 1),
    Feature("expression.concat", 1),
    Feature("expression.compare", 4),
    Feature("expression.logic", 3),
    Feature("expression.not", 1),
    Feature("expression.is", 1),
    Feature("expression.is_distinct", 0.4, (3, 39)),
    Feature("expression.is_null", 1),
    Feature("expression.is_true", 0.5),
    Feature("expression.between", 1),
    Feature("expression.in_list", 1.5),
    Feature("expression.in_empty", 0.1),
    Feature("expression.in_table", 0.15),
    Feature("expression.in_subquery", 0.7),
    Feature("expression.exists", 0.6),
    Feature("expression.scalar_subquery", 0.7),
    Feature("expression.like", 0.8),
    Feature("expression.like_escape", 0.2),
    Feature("expression.glob", 0.5),
    Feature("expression.case", 1),
    Feature("expression.cast", 1),
    Feature("expression.collate", 0.5),
    Feature("expression.function", 3),
    Feature("expression.row_compare", 0.5),
    Feature("expression.row_in", 0.25),
    Feature("expression.row_of_query", 0.25),
    Feature("expression.no_parentheses", 0.25),
    Feature("expression.quoted_name", 1),
    Feature("expression.quoted_string", 1),
]

_SELECTS: Final = [
    Feature("select.plain", 8),
    Feature("select.aggregate", 2),
    Feature("select.group_by", 2.5),
    Feature("select.compound", 1.5),
    Feature("select.values", 0.3),
    Feature("select.constant", 0.7),
    Feature("select.error", 0.4),
    Feature("select.minmax_row", 0.3),
    Feature("select.pragma", 0.3),
    Feature("select.session", 0.2),
    Feature("select.distinct"),
    Feature("select.where"),
    Feature("select.where_indexed"),
    Feature("select.having"),
    Feature("select.order_by"),
    Feature("select.nulls_order"),
    Feature("select.order_by_expression"),
    Feature("select.group_by_output"),
    Feature("select.limit"),
    Feature("select.offset"),
    Feature("select.star"),
    Feature("select.cte", 1),
    Feature("select.cte_materialized", 0.5, (3, 35)),
    Feature("from.table", 6),
    Feature("from.view", 1),
    Feature("from.subquery", 1),
    Feature("from.values", 0.2),
    Feature("from.star", 0.5),
    Feature("from.correlated"),
    Feature("from.renamed"),
    Feature("from.parentheses"),
    Feature("join.inner", 3),
    Feature("join.comma", 2),
    Feature("join.left", 3),
    Feature("join.cross", 0.7),
    Feature("join.right", 0.7, (3, 39)),
    Feature("join.full", 0.5, (3, 39)),
    Feature("join.on", 3),
    Feature("join.using", 2),
    Feature("join.natural", 1),
    Feature("join.nested"),
    Feature("join.alias"),
    Feature("join.collate"),
    Feature("from.not_indexed", 1),
    Feature("compound.union", 1),
    Feature("compound.union_all", 1),
    Feature("compound.intersect", 0.6),
    Feature("compound.except", 0.6),
    Feature("compound.raw", 1),
    Feature("aggregate.count_star", 1),
    Feature("aggregate.count", 1),
    Feature("aggregate.sum", 1),
    Feature("aggregate.total", 0.4),
    Feature("aggregate.avg", 0.6),
    Feature("aggregate.min", 1),
    Feature("aggregate.max", 1),
    Feature("aggregate.group_concat", 0.5),
    Feature("aggregate.ordered", 0.3, (3, 44)),
    Feature("aggregate.distinct", 1),
    Feature("aggregate.filter", 1, (3, 30)),
]

_SCHEMAS: Final = [
    Feature("table.rowid_key", 3),
    Feature("table.autoincrement", 0.4),
    Feature("table.other_key", 1),
    Feature("table.composite_key", 0.7),
    Feature("table.no_key", 2),
    Feature("table.without_rowid", 0.3),
    Feature("table.strict", 0.2, (3, 37)),
    Feature("table.temporary", 0.3),
    Feature("column.integer", 3),
    Feature("column.text", 3),
    Feature("column.real", 1.5),
    Feature("column.numeric", 1),
    Feature("column.blob", 0.7),
    Feature("column.untyped", 0.7),
    Feature("column.any", 1, (3, 37)),
    Feature("column.not_null"),
    Feature("column.unique"),
    Feature("column.check"),
    Feature("column.default"),
    Feature("column.collate"),
    Feature("column.generated", 0.5, (3, 31)),
    Feature("column.quoted_type", 1),
    Feature("constraint.conflict", 0.4),
    Feature("constraint.name", 1),
    Feature("schema.qualified", 1),
    Feature("schema.quoted_name", 1),
    Feature("schema.now", 1),
    Feature("schema.create_index", 4),
    Feature("schema.create_view", 2),
    Feature("schema.create_table", 0.5),
    Feature("schema.create_table_as", 0.4),
    Feature("schema.drop_index", 0.7),
    Feature("schema.drop_view", 0.3),
    Feature("schema.drop_table", 0.2),
    Feature("schema.add_column", 0.5),
    Feature("schema.rename_column", 0.4),
    Feature("schema.rename_table", 0.3),
    Feature("schema.drop_column", 0.3, (3, 35)),
    Feature("schema.set_not_null", 0.2, (3, 53)),
    Feature("schema.drop_not_null", 0.1, (3, 53)),
    Feature("schema.add_check", 0.2, (3, 53)),
    Feature("schema.drop_constraint", 0.2, (3, 53)),
    Feature("schema.analyze", 0.4),
    Feature("schema.statistics", 1),
    Feature("schema.reindex", 0.2),
    Feature("index.unique", 0.4),
    Feature("index.partial", 0.6),
    Feature("index.expression", 0.6),
    Feature("index.desc", 1),
    Feature("index.collate", 0.6),
]

_CHANGES: Final = [
    Feature("change.insert", 5),
    Feature("change.insert_select", 1),
    Feature("change.insert_defaults", 0.2),
    Feature("change.replace", 1),
    Feature("change.update", 4),
    Feature("change.update_from", 0.4, (3, 33)),
    Feature("change.delete", 2),
    Feature("change.upsert_nothing", 0.5),
    Feature("change.upsert_update", 0.6),
    Feature("change.returning", 0.6, (3, 35)),
    Feature("change.set_row", 0.5),
    Feature("change.or_rollback", 0.4),
    Feature("change.or_abort", 0.6),
    Feature("change.or_fail", 0.6),
    Feature("change.or_ignore", 1),
    Feature("change.or_replace", 1),
    Feature("transaction.begin", 3),
    Feature("transaction.commit", 2),
    Feature("transaction.rollback", 1.5),
    Feature("transaction.savepoint", 2),
    Feature("transaction.release", 1),
    Feature("transaction.rollback_to", 1.5),
    Feature("transaction.misuse", 0.15),
    Feature("life.reopen", 1),
    Feature("life.page_size", 1),
    Feature("life.encoding", 1),
    Feature("life.auto_vacuum", 1),
    Feature("life.vacuum", 1),
    Feature("life.attach", 1),
    Feature("attach.memory", 1),
    Feature("attach.journal", 1),
    Feature("attach.misuse", 1),
    Feature("attach.elsewhere", 1),
    Feature("attach.qualified", 1),
    Feature("attach.twin", 1),
    Feature("attach.copy", 1),
    Feature("attach.beside", 1),
    Feature("attach.temp_view", 1),
    Feature("attach.pragma", 1),
]


class Function(NamedTuple):
    """A scalar function: its name, its arguments' kinds and the SQLite version that has it.

    Kinds: ``a`` any, ``n`` a number, ``t`` text, ``c`` a condition, ``s`` a small integer literal,
    ``p`` a code point, ``d`` a date, ``m`` a date modifier, ``f`` a strftime format, ``%`` a printf format,
    ``q`` a probability.
    """

    name: str
    arguments: str
    since: tuple[int, int] = (3, 0)


FUNCTIONS: Final = [
    Function("coalesce", "aa"),
    Function("coalesce", "aaa"),
    Function("ifnull", "aa"),
    Function("nullif", "aa"),
    Function("iif", "caa", (3, 32)),
    Function("length", "a"),
    Function("lower", "t"),
    Function("upper", "t"),
    Function("trim", "t"),
    Function("trim", "tt"),
    Function("ltrim", "t"),
    Function("rtrim", "tt"),
    Function("substr", "ts"),
    Function("substr", "tss"),
    Function("substring", "tss", (3, 34)),
    Function("instr", "tt"),
    Function("replace", "ttt"),
    Function("hex", "a"),
    Function("quote", "a"),
    Function("typeof", "a"),
    Function("round", "n"),
    Function("round", "ns"),
    Function("min", "aa"),
    Function("max", "aaa"),
    Function("unicode", "t"),
    Function("char", "p"),
    Function("char", "pp"),
    Function("sign", "n", (3, 35)),
    Function("likely", "c"),
    Function("unlikely", "c"),
    Function("likelihood", "cq"),
    Function("like", "tt"),
    Function("glob", "tt"),
    Function("printf", "%a"),
    Function("printf", "%aa"),
    Function("format", "%a", (3, 38)),
    Function("octet_length", "a", (3, 43)),
    Function("concat", "aa", (3, 44)),
    Function("concat_ws", "taa", (3, 44)),
    Function("unhex", "t", (3, 41)),
    Function("date", "d"),
    Function("date", "dm"),
    Function("time", "dm"),
    Function("datetime", "dm"),
    Function("julianday", "d"),
    Function("strftime", "fd"),
    Function("strftime", "fdm"),
    Function("unixepoch", "d", (3, 38)),
    Function("ceil", "n", (3, 35)),
    Function("floor", "n", (3, 35)),
    Function("trunc", "n", (3, 35)),
    Function("sqrt", "n", (3, 35)),
    Function("mod", "nn", (3, 35)),
]

_FUNCTIONS: Final = [
    Feature(f"function.{name}", 1.0, max(f.since for f in FUNCTIONS if f.name == name))
    for name in dict.fromkeys(function.name for function in FUNCTIONS)
]

FEATURES: Final = [*_LITERALS, *_EXPRESSIONS, *_SELECTS, *_SCHEMAS, *_CHANGES, *_FUNCTIONS]
"""Every feature that the generator knows."""


def weights(version: tuple[int, int]) -> dict[str, float]:
    """The weight of each feature for a reference of SQLite ``version``: 0 for what it does not have yet."""
    return {feature.name: feature.weight if feature.since <= version else 0.0 for feature in FEATURES}
