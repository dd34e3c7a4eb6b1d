"""What all kinds of ALTER TABLE share: what is altered, and the check of what the new texts say.

ALTER TABLE edits the texts in sqlite_schema token by token, so that everything else in them stays as it was written.
(https://sqlite.org/lang_altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb import errors
from foundrydb.compiler.bind.binder import index_names, table_names
from foundrydb.compiler.bind.notes.names import relation_text
from foundrydb.compiler.schema.names import ROWID_NAMES, fold
from foundrydb.compiler.schema.objects import Table, View
from foundrydb.compiler.schema.tables import index_from_ast, table_from_ast
from foundrydb.compiler.syntax import ast, scanner
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.compiler.syntax.source import qualified_text

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Source
    from foundrydb.compiler.bind.queries.query_binding import QueryBinding
    from foundrydb.compiler.bind.statements import TextChange
    from foundrydb.errors import Error


def table_to_alter(
    b: QueryBinding,
    name: ast.QualifiedName,
    view_message: str,
    module_message: str = "table {} may not be altered",
) -> Table:
    """The table that ALTER TABLE names.

    view_message, module_message: what is said about a view, and about a virtual table of a module's own name.
    Raises OperationalError when there is none, or it may not be altered.
    """
    schema = None if name.schema is None else name.schema.text
    found = b.catalog.find_relation(name.name.text, schema)
    if found is None:
        module = b.functions.modules.find(name.name.text)
        if module is not None:
            raise errors.error(module_message.format(module.name))
        raise errors.error(f"no such table: {qualified_text(name)}")
    if isinstance(found, View):
        raise errors.error(view_message)
    if found.system or fold(found.name).startswith("sqlite_"):
        raise errors.error(f"table {found.name} may not be altered")
    if found.virtual_module:
        raise errors.error("virtual tables may not be altered")
    return found


def refuse_rowid_alias(table: Table, name: str, what: str) -> None:
    """Refuse to change a column that hides the rowid under one of its names, or would.

    what: ``add``, ``drop``, ``rename to`` or ``rename from``.
    """
    if not table.without_rowid and fold(name) in ROWID_NAMES:
        raise errors.error(f"cannot {what} rowid alias: {name}")


def parsed_table(text: str) -> ast.CreateTable:
    """The syntax of a table's text in the schema."""
    statement, _ = parse_one(text, 0)
    assert isinstance(statement, ast.CreateTable)
    return statement


def column_to_alter(
    b: QueryBinding, name: ast.QualifiedName, column: ast.Name, view_text: str
) -> tuple[Table, int]:
    """The table and column that a statement names.

    Raises:
        OperationalError: there is none, or it may not be altered.
    """
    schema_name = None if name.schema is None else name.schema.text
    relation = b.catalog.find_relation(name.name.text, schema_name)
    view = relation.name if isinstance(relation, View) else ""
    table = table_to_alter(b, name, f'cannot {view_text} view "{view}"')
    index = table.column_index(column.text)
    if index < 0:
        raise errors.error(
            f'no such column: "{b.text[column.start : column.end]}"'
        )  # quotes and all, as in C SQLite
    return table, index


def note_altered(
    b: QueryBinding,
    source: Source,
    name: ast.QualifiedName,
    column: ast.Name | None = None,
) -> None:
    """Note, for who asks, what the names of a table, and of a column of it, mean.

    source: the table's rows.
    """
    names = b.naming()
    if names is not None:
        names.relation("table", name, source, relation_text(source), None)
        if column is not None:
            assert source.table is not None
            names.column(column, source, source.table.column_index(column.text), None)


def parsed_index(text: str) -> ast.CreateIndex:
    """The syntax of an index's text in the schema."""
    statement, _ = parse_one(text, 0)
    assert isinstance(statement, ast.CreateIndex)
    return statement


def mentions(statement: ast.Node, table: str) -> bool:
    """Whether a statement has the table's name in it."""
    wanted = fold(table)
    return any([isinstance(node, ast.Name) and fold(node.text) == wanted for node in ast.walk(statement)])


def wrong_object(kind: str, name: str, when: str, problem: Error) -> Error:
    """The error for an object of the schema that makes no sense, ready to raise.

    when: ``after rename`` or the like, "" where it made none before.
    """
    return errors.error(f"error in {kind} {name}{' ' if when else ''}{when}: {problem.message}")


def checked_table(
    b: QueryBinding, table: Table, changes: list[TextChange], when: str, strings: bool = False
) -> Table:
    """The table as its new text declares it, with those of its indexes that CREATE INDEX made.

    strings: whether a name in double quotes may be a string; else what was one is in single quotes by now.
    Raises OperationalError (``error in table t after drop column: …``) where a text makes no sense any more.
    """
    texts = {(change.kind, fold(change.name)): change.sql for change in changes}
    text = texts.get(("table", fold(table.name)), table.sql)
    syntax = parsed_table(text)
    try:
        made = table_from_ast(syntax, text, table.schema, table.root_page, table.format)
        table_names(made, b.catalog, b.functions, strings)
    except errors.OperationalError as problem:
        raise wrong_object("table", syntax.name.name.text, when, problem) from problem
    for index in reversed(table.indexes):
        if index.sql is not None:
            text = texts.get(("index", fold(index.name)), index.sql)
            try:
                added = index_from_ast(parsed_index(text), text, made)
                index_names(added, b.catalog, b.functions, strings)
            except errors.OperationalError as problem:
                raise wrong_object("index", index.name, when, problem) from problem
            made.add_index(added)
    return made


def check_changed(b: QueryBinding, table: Table, changes: list[TextChange], when: str) -> Table:
    """``checked_table``, and the same for the other tables that have a new text, or an index with one."""
    changed = {(change.schema, change.kind, fold(change.name)) for change in changes}
    for schema in b.catalog.schemas:
        for other in schema.tables.values() if changes else []:
            names = [(schema.name, "table", fold(other.name))]
            names.extend([(schema.name, "index", fold(index.name)) for index in other.indexes])
            if other is not table and any([name in changed for name in names]):
                own = [change for change in changes if change.schema == schema.name]
                checked_table(b, other, own, when)
    own = [change for change in changes if change.schema == table.schema]
    return checked_table(b, table, own, when)


def insertion_point(text: str, end: int) -> int:
    """Where to write behind the column or constraint that ends at ``end``: at the next comma or parenthesis."""
    for token in scanner.tokens(text):
        if token.start >= end and token.text in (",", ")"):
            return token.start
    raise AssertionError("CREATE TABLE without a closing parenthesis")
