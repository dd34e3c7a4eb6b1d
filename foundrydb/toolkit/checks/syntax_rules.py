"""Rules that the syntax alone decides: what is valid SQL and never what its author meant."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.syntax import ast
from foundrydb.toolkit.checks.checked import CheckedStatement
from foundrydb.toolkit.checks.rules import OF_STATEMENTS, WARNING, Found, Rule, statement_rule

NULL_COMPARISON: Final = Rule(
    "FDB101",
    "null-comparison",
    WARNING,
    OF_STATEMENTS,
    "A comparison with NULL by =, <> or <.",
    "Its value is NULL, so that it is never true, not even of NULL.",
    "CREATE TABLE t(a); SELECT a FROM t WHERE a = NULL",
    "CREATE TABLE t(a); SELECT a FROM t WHERE a IS NULL",
)
_COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")


@statement_rule(NULL_COMPARISON)
def null_comparison(checked: CheckedStatement) -> Found:
    """A side of a comparison is the word NULL; SET a = NULL is none."""
    for node in checked.of(ast.Binary):
        if node.operator not in _COMPARISONS:
            continue
        null, other = (node.right, node.left) if isinstance(node.right, ast.Null) else (node.left, node.right)
        if isinstance(null, ast.Null):
            test = {"=": "IS NULL", "!=": "IS NOT NULL"}.get(node.operator)
            hint = f"write {checked.text(other)} {test}" if test else ""
            yield checked.finding(NULL_COMPARISON, node, f"{checked.text(node)} is never true", hint)


SET_AND: Final = Rule(
    "FDB102",
    "and-in-set",
    WARNING,
    OF_STATEMENTS,
    "SET a = 1 AND b = 2, where a comma was meant.",
    "Only the first column is set, to whether all the conditions hold; the others stay as they are.",
    "CREATE TABLE t(a, b); UPDATE t SET a = 1 AND b = 2",
    "CREATE TABLE t(a, b); UPDATE t SET a = 1, b = 2",
)


@statement_rule(SET_AND)
def and_in_set(checked: CheckedStatement) -> Found:
    """The value of an assignment is an AND whose right side compares a column by ``=``."""
    for node in checked.of(ast.Assignment):
        value = node.value
        if not isinstance(value, ast.Binary) or value.operator != "AND" or node.is_row:
            continue
        right = value.right
        if isinstance(right, ast.Binary) and right.operator == "=" and isinstance(right.left, ast.Column):
            if checked.sql[value.start - 1 : value.start] == "(":
                continue
            column = node.columns[0].text
            message = f"{column} is set to whether the conditions hold, {checked.text(right.left)} is not set"
            yield checked.finding(SET_AND, value, message, "write a comma where AND stands")


ALWAYS: Final = Rule(
    "FDB103",
    "always-true",
    WARNING,
    OF_STATEMENTS,
    "x <> 1 OR x <> 2.",
    "Whatever x is, it differs from one of the two: the condition holds of every row in which x is not NULL.",
    "CREATE TABLE t(a); SELECT a FROM t WHERE a <> 1 OR a <> 2",
    "CREATE TABLE t(a); SELECT a FROM t WHERE a NOT IN (1, 2)",
)
_LITERALS: Final = (ast.Integer, ast.Float, ast.String, ast.Blob)


@statement_rule(ALWAYS)
def always_true(checked: CheckedStatement) -> Found:
    """Two alternatives that say that one thing is not one value, and not another."""
    for node in checked.of(ast.Binary):
        first, second = node.left, node.right
        if node.operator != "OR" or not isinstance(first, ast.Binary) or not isinstance(second, ast.Binary):
            continue
        both = first.operator == second.operator == "!=" and first.left == second.left
        literals = isinstance(first.right, _LITERALS) and isinstance(second.right, _LITERALS)
        if both and literals and isinstance(first.left, ast.Column) and first.right != second.right:
            name = checked.text(first.left)
            values = f"{checked.text(first.right)}, {checked.text(second.right)}"
            message = f"{checked.text(node)} holds whatever {name} is"
            yield checked.finding(ALWAYS, node, message, f"write {name} NOT IN ({values})")


EMPTY_RANGE: Final = Rule(
    "FDB104",
    "empty-range",
    WARNING,
    OF_STATEMENTS,
    "x BETWEEN high AND low.",
    "BETWEEN has the lower end first: no value lies between 10 and 1.",
    "CREATE TABLE t(a); SELECT a FROM t WHERE a BETWEEN 10 AND 1",
    "CREATE TABLE t(a); SELECT a FROM t WHERE a BETWEEN 1 AND 10",
)


@statement_rule(EMPTY_RANGE)
def empty_range(checked: CheckedStatement) -> Found:
    """Both ends are numbers, and the first is the greater."""
    for node in checked.of(ast.Between):
        low, high = _number(node.low), _number(node.high)
        if low is not None and high is not None and low > high:
            ends = f"{checked.text(node.high)} AND {checked.text(node.low)}"
            message = f"nothing lies between {checked.text(node.low)} and {checked.text(node.high)}"
            yield checked.finding(EMPTY_RANGE, node, message, f"write BETWEEN {ends}")


def _number(node: ast.Expression) -> float | None:
    """The value of a number, with a sign or without."""
    if isinstance(node, ast.Unary) and node.operator in ("-", "+"):
        value = _number(node.operand)
        return None if value is None else -value if node.operator == "-" else value
    return node.value if isinstance(node, ast.Integer | ast.Float) else None


CONSTANT_ORDER: Final = Rule(
    "FDB105",
    "constant-order",
    WARNING,
    OF_STATEMENTS,
    "ORDER BY 'name' or GROUP BY 'name'.",
    "A string in single quotes is a constant and no column: nothing is ordered, and all rows are one group.",
    "CREATE TABLE t(a); SELECT a FROM t ORDER BY 'a'",
    "CREATE TABLE t(a); SELECT a FROM t ORDER BY a",
)


@statement_rule(CONSTANT_ORDER)
def constant_order(checked: CheckedStatement) -> Found:
    """A term of ORDER BY or GROUP BY is a string."""
    terms: list[tuple[str, ast.Expression]] = []
    for select in checked.of(ast.Select):
        terms += [("ORDER BY", term.expression) for term in select.order_by]
    for core in checked.of(ast.SelectCore):
        terms += [("GROUP BY", term) for term in core.group_by]
    for clause, term in terms:
        if isinstance(term, ast.String):
            message = f"{clause} {checked.text(term)}: a string is a constant, and no column"
            yield checked.finding(
                CONSTANT_ORDER, term, message, f'a name stands bare, or in "…": "{term.value}"'
            )


PLUS: Final = Rule(
    "FDB106",
    "plus-of-strings",
    WARNING,
    OF_STATEMENTS,
    "'a' + b, where || was meant.",
    "+ adds numbers: a text that is none counts as 0.",
    "CREATE TABLE t(a TEXT); SELECT a + ' kg' AS weight FROM t",
    "CREATE TABLE t(a TEXT); SELECT a || ' kg' AS weight FROM t",
)


@statement_rule(PLUS)
def plus_of_strings(checked: CheckedStatement) -> Found:
    """An operand of + is a string that does not begin as a number does."""
    for node in checked.of(ast.Binary):
        for side in (node.left, node.right):
            if node.operator == "+" and isinstance(side, ast.String) and not _begins_as_number(side.value):
                message = f"+ adds numbers, and {checked.text(side)} counts as 0"
                yield checked.finding(PLUS, node, message, "write || to put texts together")
                break


def _begins_as_number(text: str) -> bool:
    return text.strip()[:1] in tuple("0123456789+-.")


OFFSET: Final = Rule(
    "FDB107",
    "offset-without-order",
    WARNING,
    OF_STATEMENTS,
    "OFFSET without ORDER BY.",
    "Which rows are passed over is not defined: pages may overlap, or miss rows, as plans change.",
    "CREATE TABLE t(a); SELECT a FROM t LIMIT 10 OFFSET 20",
    "CREATE TABLE t(a); SELECT a FROM t ORDER BY a LIMIT 10 OFFSET 20",
)


@statement_rule(OFFSET)
def offset_without_order(checked: CheckedStatement) -> Found:
    """A query of a table passes over rows whose order nothing says."""
    for select in checked.of(ast.Select):
        core = select.body
        if select.offset is None or select.order_by or not isinstance(core, ast.SelectCore):
            continue
        if core.from_ is not None and _number(select.offset) != 0:
            message = "OFFSET without ORDER BY: which rows are passed over is not defined"
            yield checked.finding(OFFSET, select.offset, message)


COMMA_ON: Final = Rule(
    "FDB108",
    "comma-with-on",
    WARNING,
    OF_STATEMENTS,
    "FROM a, b ON …; also a comma beside an outer join.",
    "SQLite alone takes ON after a comma, and binds a comma as tightly as JOIN: elsewhere, and to most readers, this"
    " means something else.",
    "CREATE TABLE t(a); CREATE TABLE u(b); SELECT a FROM t, u ON a = b",
    "CREATE TABLE t(a); CREATE TABLE u(b); SELECT a FROM t JOIN u ON a = b",
)


@statement_rule(COMMA_ON)
def comma_with_on(checked: CheckedStatement) -> Found:
    """A join by comma has a condition of its own, or stands to the left of an outer join that has one."""
    for join in checked.of(ast.Join):
        if join.kind == "COMMA" and (join.on is not None or join.using):
            message = "ON after a comma is taken by SQLite alone"
            yield checked.finding(COMMA_ON, join.right, message, "write JOIN in the place of the comma")
        elif join.kind in ("LEFT", "RIGHT", "FULL") and isinstance(join.left, ast.Join):
            if join.left.kind == "COMMA":
                message = (
                    f"{join.kind} JOIN takes all that the comma joins for its left side, in SQLite alone"
                )
                hint = "write CROSS JOIN, or JOIN … ON, in the place of the comma"
                yield checked.finding(COMMA_ON, join.left.right, message, hint)
