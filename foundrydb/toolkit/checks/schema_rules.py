"""Rules about schemas: foreign keys without an index or a key to refer to, indexes that others make needless."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.foreign_keys import Link, links_of
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.parser import parse
from foundrydb.compiler.syntax.source import written_name
from foundrydb.errors import Error
from foundrydb.toolkit.checks.foreign_key_indexes import ChildKey
from foundrydb.toolkit.checks.rules import (
    ERROR,
    NOTE,
    OF_SCHEMAS,
    OF_WORKLOADS,
    Finding,
    Found,
    Rule,
    declared,
    schema_rule,
)

UNINDEXED: Final = Rule(
    "FDB401",
    "foreign-key-without-index",
    NOTE,
    OF_SCHEMAS,
    "A foreign key whose columns no index begins with.",
    "Whenever a row of the parent is deleted or its key changed, the whole child is read.",
    "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p_id REFERENCES p(id))",
    "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p_id REFERENCES p(id)); CREATE INDEX c_p ON c(p_id)",
)


@schema_rule(UNINDEXED)
def foreign_key_without_index(catalog: Catalog) -> Found:
    """Every foreign key but those that refer to nothing."""
    for link in _links(catalog):
        key = ChildKey(link)
        if isinstance(link.parent, Table) and key.needs_index():
            child, parent = written_name(link.child.name), written_name(link.parent.name)
            names = ", ".join(written_name(link.child.columns[column].name) for column in key.columns)
            message = f"no index of {child} finds its rows by {names}, which refers to {parent}"
            yield _at_key(UNINDEXED, link, message, key.index_sql(written_name))


MISMATCH: Final = Rule(
    "FDB402",
    "foreign-key-mismatch",
    ERROR,
    OF_SCHEMAS,
    "A foreign key that refers to columns which are no key of the parent.",
    "With foreign keys enforced, every change of the child fails.",
    "CREATE TABLE p(id); CREATE TABLE c(p_id REFERENCES p(id)); CREATE INDEX c_p ON c(p_id)",
    "CREATE TABLE p(id UNIQUE); CREATE TABLE c(p_id REFERENCES p(id)); CREATE INDEX c_p ON c(p_id)",
)


@schema_rule(MISMATCH)
def foreign_key_mismatch(catalog: Catalog) -> Found:
    """Every foreign key whose parent is there."""
    for link in _links(catalog):
        if link.parent is not None:
            try:
                link.parent_key()
            except Error as problem:
                hint = "the columns that it refers to must be PRIMARY KEY or UNIQUE"
                yield _at_key(MISMATCH, link, problem.message, hint)


REDUNDANT: Final = Rule(
    "FDB403",
    "redundant-index",
    NOTE,
    OF_SCHEMAS,
    "An index whose columns another index begins with.",
    "The other one finds the same rows in the same order; this one costs time at every change, and space.",
    "CREATE TABLE t(a, b); CREATE INDEX t_a ON t(a); CREATE INDEX t_ab ON t(a, b)",
    "CREATE TABLE t(a, b); CREATE INDEX t_ab ON t(a, b)",
)


@schema_rule(REDUNDANT)
def redundant_index(catalog: Catalog) -> Found:
    """Indexes of CREATE INDEX that enforce nothing."""
    for index in _made_indexes(catalog):
        other = _better(index)
        if other is not None and not index.unique:
            message = f"{written_name(index.name)} is needless beside {other}"
            yield _at_index(REDUNDANT, index, message, _drop(index))


def _better(index: Index) -> str | None:
    """What finds all that an index finds, in words."""
    table = index.table
    if [item.column for item in index.columns] == [table.rowid_alias] and index.where is None:
        return f"the rowid of {written_name(table.name)}"
    wanted = _keys(index)
    for other in table.indexes:
        keys = _keys(other)
        if other is index or keys[: len(wanted)] != wanted or other.where != index.where:
            continue
        # Of two that are the same, the one that was made last is told of: newer ones come first.
        older = table.indexes.index(other) > table.indexes.index(index)
        if len(keys) > len(wanted) or other.sql is None or other.unique or older:
            return (
                written_name(other.name)
                if other.sql is not None
                else f"the key of {written_name(table.name)}"
            )
    return None


def _keys(index: Index) -> list[object]:
    return [(item.column, item.expression, item.collation.upper(), item.descending) for item in index.columns]


UNUSED: Final = declared(
    Rule(
        "FDB404",
        "unused-index",
        NOTE,
        OF_WORKLOADS,
        "An index that none of the statements of a workload uses.",
        "It costs time at every change, and space. Looked for with --workload alone: it holds of these statements.",
        "CREATE TABLE t(a, b); CREATE INDEX t_a ON t(a); SELECT a FROM t WHERE b = 1",
        "CREATE TABLE t(a, b); CREATE INDEX t_b ON t(b); SELECT a FROM t WHERE b = 1",
    )
)


def unused_indexes(catalog: Catalog, used: set[str]) -> Found:
    """The indexes that no plan uses, and that neither enforce anything nor serve a foreign key.

    Args:
        used: the names of those that plans use.
    """
    for index in _made_indexes(catalog):
        if index.unique or index.name in used:
            continue
        first = {item.column for item in index.columns[:1]}
        if not any(first & set(key.columns) for key in index.table.foreign_keys):
            message = f"no statement of the workload uses {written_name(index.name)}"
            yield _at_index(UNUSED, index, message, _drop(index))


def _links(catalog: Catalog) -> Iterator[Link]:
    for schema in catalog.schemas:
        for table in list(schema.tables.values()):
            if table.sql:
                yield from links_of(catalog, table)


def _made_indexes(catalog: Catalog) -> Iterator[Index]:
    for schema in catalog.schemas:
        for index in list(schema.indexes.values()):
            if index.sql is not None:
                yield index


def _drop(index: Index) -> str:
    schema = index.table.schema
    return f"DROP INDEX {'' if schema == 'main' else written_name(schema) + '.'}{written_name(index.name)}"


def _at_index(rule: Rule, index: Index, message: str, hint: str) -> Finding:
    sql = index.sql or ""
    return Finding(rule, message, sql, 0, len(sql), hint)


def _at_key(rule: Rule, link: Link, message: str, hint: str) -> Finding:
    """A finding at a foreign key, where CREATE TABLE declares it."""
    sql = link.child.sql
    for statement in parse(sql, legacy=True):
        for node in walk(statement):
            if isinstance(node, ast.ForeignKeyReference) and node == link.key.reference:
                return Finding(rule, message, sql, node.start, node.end - node.start, hint)
    return Finding(rule, message, sql, 0, len(sql), hint)
