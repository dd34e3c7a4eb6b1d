"""The dispatch of code generation for statements, and the statements that are only an instruction or two.

What a kind of statement needs is loaded with the first statement of the kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder, Settings
from foundrydb.compiler.codegen.rows.output import code_output
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.syntax import ast
from foundrydb.storage.format.values import UTF8
from foundrydb.vm.ops.control import ResultRow
from foundrydb.vm.ops.transactions import AutoCommit, ChangeCount, Savepoint, Transaction
from foundrydb.vm.program import ResultColumn

if TYPE_CHECKING:
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
        from foundrydb.compiler.codegen.explain import explain_program

        inner = generate(statement.statement, sql, plan, catalog, functions, settings)
        return explain_program(statement.query_plan, inner, plan, Coder(catalog, functions, settings))
    coder = Coder(catalog, functions, settings)
    coder.builder.parameters = parameter_names(statement, sql)
    if plan is not None:
        _code_plan(coder, plan)
    elif isinstance(statement, (ast.Begin, ast.Commit, ast.Rollback)):
        _code_transaction(coder, statement)
    elif isinstance(statement, (ast.Savepoint, ast.Release, ast.RollbackTo)):
        _code_savepoint(coder, statement)
    elif isinstance(statement, ast.Pragma):
        from foundrydb.compiler.codegen.pragmas.registry import code_pragma

        code_pragma(coder, statement, sql)
    else:
        from foundrydb.compiler.codegen.schema.schema_statements import code_schema

        code_schema(coder, statement, sql)
    program = coder.finish()
    if settings.attribution is not None:
        settings.attribution.resolve(coder.builder)
    return program


def empty_program(catalog: Catalog, functions: FunctionRegistry) -> Program:
    """The program of a statement that does nothing."""
    return Coder(catalog, functions, Settings(UTF8, {})).finish()


def _code_plan(coder: Coder, plan: nodes.Node) -> None:
    attribution = coder.settings.attribution
    if attribution is not None:
        attribution.begin(coder, plan)
    if isinstance(plan, nodes.Output):
        code_output(coder, plan)
    elif isinstance(plan, nodes.Insert):
        from foundrydb.compiler.codegen.writes.insert import code_insert

        code_insert(coder, plan)
    elif isinstance(plan, nodes.Update):
        from foundrydb.compiler.codegen.writes.update import code_update

        code_update(coder, plan)
    elif isinstance(plan, nodes.Delete):
        from foundrydb.compiler.codegen.writes.delete import code_delete

        code_delete(coder, plan)
    else:
        raise AssertionError(f"{type(plan).__name__} is not the root of a plan")
    if coder.settings.on("count_changes"):
        _show_changes(coder, plan)
    if attribution is not None:
        attribution.leave(coder)


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


def _code_transaction(coder: Coder, statement: ast.Statement) -> None:
    if isinstance(statement, ast.Begin):
        if statement.mode in ("IMMEDIATE", "EXCLUSIVE"):
            level = 2 if statement.mode == "EXCLUSIVE" else 1
            for schema in coder.catalog.schemas:
                if schema.name != "temp":
                    coder.emit(Transaction(schema.number, level, -1))
        coder.emit(AutoCommit(0))
    else:
        coder.emit(AutoCommit(1, isinstance(statement, ast.Rollback)))


def _code_savepoint(coder: Coder, statement: ast.Statement) -> None:
    if isinstance(statement, ast.Savepoint):
        coder.emit(Savepoint(0, statement.name.text))
    elif isinstance(statement, ast.Release):
        coder.emit(Savepoint(1, statement.name.text))
    elif isinstance(statement, ast.RollbackTo):
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
