"""The stages before a statement runs, as functions: text to tree, tree to text, text to program."""

from __future__ import annotations

from typing import Any

from foundrydb.api.connection import Connection, connect
from foundrydb.compiler.pipeline import Compilation
from foundrydb.compiler.syntax import ast, parser
from foundrydb.compiler.syntax.printing.printer import to_sql as print_sql
from foundrydb.compiler.syntax.resumption import read, read_expression
from foundrydb.compiler.syntax.scanner import Scanner
from foundrydb.errors import Error, ProgrammingError
from foundrydb.toolkit import analysis
from foundrydb.toolkit.analysis import Analysis
from foundrydb.toolkit.column_lineage import ColumnLineage, lineage_of
from foundrydb.toolkit.completeness import complete_statement

__all__ = [
    "Compilation",
    "analyze",
    "compile",
    "complete_statement",
    "lineage",
    "parse",
    "parse_expression",
    "to_sql",
]


def parse(sql: str, mistakes: list[Error] | None = None) -> list[ast.Statement]:
    """The statements of a SQL text.

    Args:
        mistakes: takes all mistakes of syntax, each with its place.  The statements are then those that can be read,
            wrong ones as far as they can be repaired: what is missing is a name without text.

    Raises:
        OperationalError: a syntax error, with its place in ``offset``; only where no ``mistakes`` are taken.
    """
    if mistakes is None:
        return parser.parse(sql)
    statements = []
    for reading in read(sql):
        mistakes += reading.mistakes
        if reading.statement is not None:
            statements.append(reading.statement)
    return statements


def parse_expression(sql: str, mistakes: list[Error] | None = None) -> ast.Expression | None:
    """The expression that a text is, ``price * 1.19`` for example.

    Args:
        mistakes: as for ``parse``; the expression is None where there are any that cannot be repaired.

    Raises:
        OperationalError: a syntax error, with its place in ``offset``; only where no ``mistakes`` are taken.
    """
    expression, wrong = read_expression(sql)
    if mistakes is not None:
        mistakes += wrong
    elif wrong:
        raise wrong[0]
    return expression


def to_sql(node: ast.Node, text: str = "") -> str:
    """The SQL text of a syntax tree; parsing it gives an equal tree.

    Args:
        text: what the tree was parsed from, or the tree that it was rewritten from: its comments are printed too.
    """
    return print_sql(node, text)


def compile(sql: str, connection: Connection | None = None, *, noting: bool = False) -> Compilation:
    """Compile a statement, and keep what every stage made.

    Args:
        sql: one statement.  Without a connection there may be others before it, CREATE TABLE for example: they are
            run in a database in memory, and so give the schema.
        connection: whose schema and functions count.
        noting: keep notes that cost time: what the planner weighed (``options.choices``), and which plan node
            each instruction is for (``options.attribution``).

    Raises:
        Error: it is wrong, with its place in ``offset``.
        ProgrammingError: there is no statement, or more than one.
        TypeError: that is no text.
    """
    if not isinstance(sql, str):
        raise TypeError(f"SQL is str, not {type(sql).__name__}")
    if connection is not None:
        statements = parser.parse(sql)
        if not statements:
            raise ProgrammingError("there is no statement")
        if len(statements) > 1:
            raise ProgrammingError(f"expected one statement, not {len(statements)}")
        return compile_parsed(connection, statements[0], sql, noting)
    with_schema = connect(":memory:", isolation_level=None)
    try:
        return compile_last(with_schema, sql, noting)
    finally:
        with_schema.close()


def analyze(sql: str, connection: Connection, parameters: Any = None, *, pages: bool = False) -> Analysis:
    """Run a statement, and say what each node of its plan and each instruction did and cost.

    Args:
        sql: one statement; what it changes is rolled back.
        parameters: as for ``execute``; all NULL where there are none.
        pages: note which pages each instruction asked for (``profile.uses``) and each cursor (``cursors``).

    Raises:
        Error: it is wrong, or failed.
        ProgrammingError: it begins or ends a transaction, or is an EXPLAIN.
    """
    return analysis.analyze(connection, compile(sql, connection, noting=True), parameters, pages)


def lineage(sql: str, connection: Connection | None = None) -> list[ColumnLineage]:
    """Which columns of which tables each column of a statement is computed from.

    Args:
        sql, connection: as for ``compile``.

    Returns:
        For a SELECT the columns of its result, for INSERT and UPDATE those that they set, then those of RETURNING.

    Raises:
        Error: the statement is wrong, with its place in ``offset``.
    """
    return lineage_of(compile(sql, connection))


def compile_last(connection: Connection, sql: str, noting: bool = False) -> Compilation:
    """Run all statements of a text but the last one, and compile that."""
    offset = 0
    scanner = Scanner(sql)
    statement, following = parser.parse_one(sql, 0, scanner=scanner)
    if statement is None:
        raise ProgrammingError("there is no statement")
    while True:
        next_statement, after = parser.parse_one(sql, following, scanner=scanner)
        if next_statement is None:
            return compile_parsed(connection, statement, sql, noting)
        text = sql[offset:following]
        try:
            connection.executescript(text)
        except Error as problem:
            problem.move_to(sql, offset, text)
            raise
        statement, offset, following = next_statement, following, after


def compile_parsed(
    connection: Connection, statement: ast.Statement, sql: str, noting: bool = False
) -> Compilation:
    """Compile a statement of a text that is parsed already; as ``compile``."""
    connection._check()
    return connection.engine.stages(statement, sql, noting)
