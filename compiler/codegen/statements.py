"""The entry to code generation, and the statements that are only an instruction or two.

The modules with code that nearly every program needs are imported here, so that it stands in the tables
(``dispatch.py``); what other statements need is loaded with the first of them (``compiler/late.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder, Settings
from foundrydb.compiler.codegen.dispatch import ROOTS, STATEMENTS
from foundrydb.compiler.codegen.expressions import conditions, leaves
from foundrydb.compiler.codegen.producing import begin_node, end_node
from foundrydb.compiler.codegen.rows import access, output, simple
from foundrydb.compiler.late import named
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.syntax import ast
from foundrydb.storage.format.values import UTF8
from foundrydb.vm.ops.control import ResultRow
from foundrydb.vm.ops.transactions import AutoCommit, ChangeCount, Savepoint, Transaction
from foundrydb.vm.program import ResultColumn

if TYPE_CHECKING:
    from collections.abc import Callable

    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.vm.functions.registry import FunctionRegistry
    from foundrydb.vm.program import Program

MAX_PARAMETERS = 32766
"""The highest parameter number (SQLITE_LIMIT_VARIABLE_NUMBER)."""


def generate(
    statement: ast.Statement,
    sql: str,
    plan: nodes.Node | None,
    catalog: Catalog,
    functions: FunctionRegistry,
    settings: Settings,
) -> Program:
    """The program of a statement.

    Args:
        plan: the statement's plan (for EXPLAIN that of the statement explained), None where it has none.
    """
    if isinstance(statement, ast.Explain):
        inner = generate(statement.statement, sql, plan, catalog, functions, settings)
        return explained(statement.query_plan, inner, plan, Coder(catalog, functions, settings))
    coder = Coder(catalog, functions, settings)
    coder.builder.parameters = parameter_names(statement, sql)
    if plan is not None:
        _code_plan(coder, plan)
    else:
        STATEMENTS.of(statement)(coder, statement, sql)
    program = coder.finish()
    if settings.attribution is not None:
        settings.attribution.resolve(coder.builder)
    return program


def explained(query_plan: bool, program: Program, plan: nodes.Node | None, coder: Coder) -> Program:
    """The program of EXPLAIN, or of EXPLAIN QUERY PLAN, before a statement that ``program`` runs."""
    explain_program: Callable[[bool, Program, nodes.Node | None, Coder], Program] = named("explain_program")
    return explain_program(query_plan, program, plan, coder)


def empty_program(catalog: Catalog, functions: FunctionRegistry) -> Program:
    """The program of a statement that does nothing."""
    return Coder(catalog, functions, Settings(UTF8, {})).finish()


def _code_plan(coder: Coder, plan: nodes.Node) -> None:
    begin_node(coder, plan)
    ROOTS.of(plan)(coder, plan)
    if coder.settings.on("count_changes"):
        _show_changes(coder, plan)
    end_node(coder)


def _show_changes(coder: Coder, plan: nodes.Node) -> None:
    """Emit the row that PRAGMA count_changes asks for, after a statement that has no rows of its own."""
    if isinstance(plan, (nodes.Insert, nodes.Update, nodes.Delete)) and not plan.returning:
        coder.builder.columns = [ResultColumn(_COUNTS[type(plan)])]
        count = coder.register()
        coder.emit(ChangeCount(count))
        coder.emit(ResultRow(count, 1))


_COUNTS: Final[dict[type[nodes.Node], str]] = {
    nodes.Insert: "rows inserted",
    nodes.Update: "rows updated",
    nodes.Delete: "rows deleted",
}


@STATEMENTS.entry(ast.Begin)
def _code_begin(coder: Coder, statement: ast.Begin, sql: str) -> None:
    if statement.mode in ("IMMEDIATE", "EXCLUSIVE"):
        level = 2 if statement.mode == "EXCLUSIVE" else 1
        for schema in coder.catalog.schemas:
            if schema is not coder.catalog.temp:
                write = 0 if coder.catalog.is_read_only(schema) else level
                coder.emit(Transaction(schema.number, write, -1))
    coder.emit(AutoCommit(0))


@STATEMENTS.entry(ast.Commit)
def _code_commit(coder: Coder, statement: ast.Commit, sql: str) -> None:
    coder.emit(AutoCommit(1, False))


@STATEMENTS.entry(ast.Rollback)
def _code_rollback(coder: Coder, statement: ast.Rollback, sql: str) -> None:
    coder.emit(AutoCommit(1, True))


@STATEMENTS.entry(ast.Savepoint)
def _code_savepoint(coder: Coder, statement: ast.Savepoint, sql: str) -> None:
    coder.emit(Savepoint(0, statement.name.text))


@STATEMENTS.entry(ast.Release)
def _code_release(coder: Coder, statement: ast.Release, sql: str) -> None:
    coder.emit(Savepoint(1, statement.name.text))


@STATEMENTS.entry(ast.RollbackTo)
def _code_rollback_to(coder: Coder, statement: ast.RollbackTo, sql: str) -> None:
    coder.emit(Savepoint(2, statement.name.text))


_SIGNS: Final = ("?", ":", "@", "$", "#")
"""What a parameter may begin with."""


def parameter_names(statement: ast.Statement, sql: str) -> list[str | None]:
    """The parameters' names by number; index 0 is not used, a plain ``?`` has none."""
    names: list[str | None] = [None]
    text = sql[statement.start : statement.end]
    if not any(sign in text for sign in _SIGNS):
        return names
    waiting: list[ast.Node] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Parameter):
            if not 1 <= node.number <= MAX_PARAMETERS:
                raise errors.error(f"variable number must be between ?1 and ?{MAX_PARAMETERS}")
            while len(names) <= node.number:
                names.append(None)
            if node.text != "?":
                names[node.number] = node.text
        waiting.extend(node.children())
    return names
