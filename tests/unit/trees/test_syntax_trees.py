"""Syntax trees can be copied, pickled and compared, however deep they are."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest

from foundrydb import parse
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.trees.text import dump, json_object

STATEMENTS = (
    "SELECT a, -1.5, x'00ff', 'text', NULL FROM t AS u WHERE a BETWEEN ?1 AND :b ORDER BY 1 DESC LIMIT 3",
    "WITH c(x) AS (VALUES (1), (2)) INSERT INTO t (a, b) SELECT x, (SELECT max(b) FROM t) FROM c WHERE true "
    "ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING *",
    "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT COLLATE nocase DEFAULT (1 + 2), CHECK (b <> ''))",
    "CREATE TRIGGER r AFTER UPDATE OF a ON t BEGIN DELETE FROM u WHERE x = old.a; END",
)


def statement(sql: str) -> ast.Statement:
    (found,) = parse(sql)
    return found


def pickled(tree: ast.Statement) -> ast.Statement:
    again = pickle.loads(pickle.dumps(tree))
    assert isinstance(again, ast.Statement)
    return again


COPIES: tuple[Callable[[ast.Statement], ast.Statement], ...] = (copy.copy, copy.deepcopy, pickled)


@pytest.mark.parametrize("sql", STATEMENTS)
@pytest.mark.parametrize("made", COPIES)
def test_a_copy_says_the_same_at_the_same_places(
    sql: str, made: Callable[[ast.Statement], ast.Statement]
) -> None:
    tree = statement(sql)
    again = made(tree)
    assert again is not tree
    assert again.__class__ is tree.__class__
    assert again == tree
    assert hash(again) == hash(tree)
    assert dump(again, spans=True) == dump(tree, spans=True)
    assert json_object(again) == json_object(tree)


def test_only_a_deep_copy_has_parts_of_its_own() -> None:
    tree = statement(STATEMENTS[0])
    assert copy.copy(tree).children()[0] is tree.children()[0]
    assert copy.deepcopy(tree).children()[0] is not tree.children()[0]


@pytest.mark.parametrize("made", COPIES)
def test_depth_does_not_matter(made: Callable[[ast.Statement], ast.Statement]) -> None:
    nested = "SELECT 1"
    for _ in range(150):
        nested = f"SELECT * FROM ({nested})"
    for sql in (f"SELECT {'- ' * 990}a", f"SELECT {'+'.join('a' * 900)}", nested):
        tree = statement(sql)
        again = made(tree)
        assert again == tree
        assert repr(again) == repr(tree)


def test_values_of_another_class_are_not_the_same() -> None:
    assert ast.Blob(0, 1, b"1") != ast.String(0, 1, "1")
    assert ast.Float(0, 1, "0.0", 0.0) != ast.Float(0, 1, "0.0", -0.0)
    assert ast.Integer(0, 1, "1", 1) == ast.Integer(5, 6, "1", 1)
    assert ast.Integer(0, 1, "1", 1) != 1
