"""CREATE VIEW."""

from __future__ import annotations

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder
from foundrydb.compiler.codegen.dispatch import STATEMENTS
from foundrydb.compiler.codegen.schema.schema_rows import (
    add_row,
    begin_change,
    end_change,
)
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.new_names import check_name, exists_already, target_schema
from foundrydb.compiler.schema.statement_text import check_portable, view_text
from foundrydb.compiler.syntax import ast
from foundrydb.vm.ops.transactions import ParseSchema


@STATEMENTS.entry(ast.CreateView)
def code_create_view(coder: Coder, statement: ast.CreateView, sql: str) -> None:
    """Emit the code of CREATE VIEW; what it selects is looked at when it is used."""
    if len(coder.builder.parameters) > 1:
        raise errors.error("parameters are not allowed in views")
    schema = target_schema(coder.catalog, statement.name, statement.temporary)
    name = statement.name.name.text
    check_name(name, coder.settings.values)
    if exists_already(schema, statement.name.name, statement.if_not_exists):
        coder.use(schema.number)
        return
    _check_schemas(statement, schema.name)
    cursor = begin_change(coder, schema)
    add_row(coder, cursor, "view", name, name, 0, view_text(statement, sql))
    end_change(coder, schema)
    coder.emit(ParseSchema(schema.number, name, "table"))


def _check_schemas(statement: ast.CreateView, schema: str) -> None:
    """A view that is in a file can refer to what is in the same file only; a temporary one to anything."""
    if schema == "temp":
        return
    for node in ast.walk(statement.select):
        check_portable(node)
        if (
            isinstance(node, ast.QualifiedName)
            and node.schema is not None
            and fold(node.schema.text) != fold(schema)
        ):
            raise errors.error(
                f"view {statement.name.name.text} cannot reference objects in database {node.schema.text}"
            ).at(node.start, node.end - node.start)
