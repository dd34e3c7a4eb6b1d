"""The dispatch of statements that change the schema, or the database as a whole."""

from __future__ import annotations

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.syntax import ast

_REFUSED: dict[type[ast.Statement], str] = {
    ast.CreateTrigger: "CREATE TRIGGER",
    ast.Attach: "ATTACH",
    ast.Detach: "DETACH",
    ast.Vacuum: "VACUUM",
}


def code_schema(coder: Coder, statement: ast.Statement, sql: str) -> None:
    """Emit the code of a statement that is neither a query nor a change of rows."""
    from foundrydb.compiler.codegen.alter import add_column as alter_add
    from foundrydb.compiler.codegen.alter import change_constraints as alter_constraints
    from foundrydb.compiler.codegen.alter import drop_column as alter_drop
    from foundrydb.compiler.codegen.alter import rename as alter_rename
    from foundrydb.compiler.codegen.schema import analyze, create_index, create_table, create_view, drop

    if isinstance(statement, ast.CreateTable):
        create_table.code_create_table(coder, statement, sql)
    elif isinstance(statement, ast.CreateTableAs):
        create_table.code_create_table_as(coder, statement, sql)
    elif isinstance(statement, ast.CreateIndex):
        create_index.code_create_index(coder, statement, sql)
    elif isinstance(statement, ast.CreateView):
        create_view.code_create_view(coder, statement, sql)
    elif isinstance(statement, (ast.DropTable, ast.DropView)):
        drop.code_drop_relation(coder, statement)
    elif isinstance(statement, ast.DropIndex):
        drop.code_drop_index(coder, statement)
    elif isinstance(statement, ast.DropTrigger):
        drop.code_drop_trigger(coder, statement)
    elif isinstance(statement, ast.AlterAddColumn):
        alter_add.code_add_column(coder, statement, sql)
    elif isinstance(statement, ast.AlterRenameTable):
        alter_rename.code_rename_table(coder, statement)
    elif isinstance(statement, ast.AlterRenameColumn):
        alter_rename.code_rename_column(coder, statement)
    elif isinstance(statement, ast.AlterDropColumn):
        alter_drop.code_drop_column(coder, statement)
    elif isinstance(statement, ast.AlterAddConstraint):
        alter_constraints.code_add_constraint(coder, statement, sql)
    elif isinstance(statement, ast.AlterDropConstraint):
        alter_constraints.code_drop_constraint(coder, statement)
    elif isinstance(statement, ast.AlterSetNotNull):
        alter_constraints.code_set_not_null(coder, statement, sql)
    elif isinstance(statement, ast.AlterDropNotNull):
        alter_constraints.code_drop_not_null(coder, statement)
    elif isinstance(statement, ast.Analyze):
        analyze.code_analyze(coder, statement)
    elif isinstance(statement, ast.Reindex):
        create_index.code_reindex(coder, statement)
    elif isinstance(statement, ast.CreateVirtualTable):
        create_table.code_create_virtual_table(coder, statement)
    else:
        raise errors.not_supported(_REFUSED.get(type(statement), type(statement).__name__))
