"""How CREATE, DROP, ALTER and the statements about the database as such are printed."""

from __future__ import annotations

from collections.abc import Sequence

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node
from foundrydb.compiler.syntax.printing.layout import PIECES, Piece, Pieces, in_parentheses, listed
from foundrydb.compiler.syntax.printing.lines import BACK, CLOSE, FLUSH, LINE, OPEN, SOFT
from foundrydb.compiler.syntax.printing.print_query import clause


@PIECES.entry(ast.CreateTable)
def _create_table(node: ast.CreateTable) -> Pieces:
    options = ", ".join(
        (["WITHOUT ROWID"] if node.without_rowid else []) + (["STRICT"] if node.strict else [])
    )
    inside = listed([*node.columns, *node.constraints])
    head = _create("TABLE", node.temporary, node.if_not_exists, node.name)
    return [*head, " (", OPEN, SOFT, *inside, BACK, CLOSE, ")" + (" " + options if options else "")]


@PIECES.entry(ast.CreateTableAs)
def _create_table_as(node: ast.CreateTableAs) -> Pieces:
    head = _create("TABLE", node.temporary, node.if_not_exists, node.name)
    return [FLUSH, *head, " AS", LINE, node.select, CLOSE]


@PIECES.entry(ast.ColumnDefinition)
def _column_definition(node: ast.ColumnDefinition) -> Pieces:
    pieces: Pieces = [node.name]
    if node.type is not None:
        pieces += [" ", node.type]
        if node.type.text[-6:].lower() == "always":
            # The parser takes the words off the end of a type: they must be there once more.
            pieces.append(" GENERATED ALWAYS")
    for constraint in node.constraints:
        pieces += [" ", constraint]
    return pieces


def _create(kind: str, temporary: bool, if_not_exists: bool, name: ast.QualifiedName) -> Pieces:
    words = "CREATE " + ("TEMP " if temporary else "") + kind + (" IF NOT EXISTS " if if_not_exists else " ")
    return [words, name]


@PIECES.entry(ast.CreateIndex)
def _create_index(node: ast.CreateIndex) -> Pieces:
    kind = "UNIQUE INDEX" if node.unique else "INDEX"
    pieces: Pieces = [*_create(kind, False, node.if_not_exists, node.name), " ON ", node.table, " "]
    return [FLUSH, *pieces, *in_parentheses(node.columns), *clause("WHERE", node.where), CLOSE]


@PIECES.entry(ast.CreateView)
def _create_view(node: ast.CreateView) -> Pieces:
    columns: Pieces = [" ", *in_parentheses(node.columns)] if node.columns else []
    head = _create("VIEW", node.temporary, node.if_not_exists, node.name)
    return [FLUSH, *head, *columns, " AS", LINE, node.select, CLOSE]


@PIECES.entry(ast.CreateVirtualTable)
def _create_virtual_table(node: ast.CreateVirtualTable) -> Pieces:
    arguments = "(" + ", ".join(node.arguments) + ")" if node.arguments else ""
    head = _create("VIRTUAL TABLE", False, node.if_not_exists, node.name)
    return [*head, " USING ", node.module, arguments]


def _conflict(conflict: str) -> str:
    return f" ON CONFLICT {conflict}" if conflict else ""


def _named(name: ast.Name | None) -> Pieces:
    return ["CONSTRAINT ", name, " "] if name is not None else []


@PIECES.entry(ast.ColumnPrimaryKey)
def _column_primary_key(node: ast.ColumnPrimaryKey) -> Pieces:
    words = "PRIMARY KEY" + (" DESC" if node.descending else "") + _conflict(node.conflict)
    return [*_named(node.name), words + (" AUTOINCREMENT" if node.autoincrement else "")]


@PIECES.entry(ast.ColumnNotNull)
def _column_not_null(node: ast.ColumnNotNull) -> Pieces:
    return [*_named(node.name), "NOT NULL" + _conflict(node.conflict)]


@PIECES.entry(ast.ColumnNull)
def _column_null(node: ast.ColumnNull) -> Pieces:
    return [*_named(node.name), "NULL" + _conflict(node.conflict)]


@PIECES.entry(ast.ColumnUnique)
def _column_unique(node: ast.ColumnUnique) -> Pieces:
    return [*_named(node.name), "UNIQUE" + _conflict(node.conflict)]


@PIECES.entry(ast.ColumnCheck)
def _column_check(node: ast.ColumnCheck) -> Pieces:
    return [*_named(node.name), "CHECK (", node.expression, ")"]


@PIECES.entry(ast.ColumnDefault)
def _column_default(node: ast.ColumnDefault) -> Pieces:
    value: Pieces = ["(", node.value, ")"] if node.parenthesized else [node.value]
    return [*_named(node.name), "DEFAULT ", *value]


@PIECES.entry(ast.ColumnCollate)
def _column_collate(node: ast.ColumnCollate) -> Pieces:
    return [*_named(node.name), "COLLATE ", node.collation]


@PIECES.entry(ast.ColumnReferences)
def _column_references(node: ast.ColumnReferences) -> Pieces:
    return [*_named(node.name), node.reference]


@PIECES.entry(ast.ColumnConstraintName)
def _column_constraint_name(node: ast.ColumnConstraintName) -> Pieces:
    return ["CONSTRAINT ", node.name]


@PIECES.entry(ast.ColumnGenerated)
def _column_generated(node: ast.ColumnGenerated) -> Pieces:
    storage = " " + node.storage if node.storage else ""
    return [*_named(node.name), "AS (", node.expression, ")" + storage]


@PIECES.entry(ast.TablePrimaryKey)
def _table_primary_key(node: ast.TablePrimaryKey) -> Pieces:
    autoincrement: list[Piece] = [" AUTOINCREMENT"] if node.autoincrement else []
    columns = listed(node.columns)
    return [*_named(node.name), "PRIMARY KEY (", *columns, *autoincrement, ")" + _conflict(node.conflict)]


@PIECES.entry(ast.TableUnique)
def _table_unique(node: ast.TableUnique) -> Pieces:
    return [*_named(node.name), "UNIQUE ", *in_parentheses(node.columns), _conflict(node.conflict)]


@PIECES.entry(ast.TableCheck)
def _table_check(node: ast.TableCheck) -> Pieces:
    return [*_named(node.name), "CHECK (", node.expression, ")" + _conflict(node.conflict)]


@PIECES.entry(ast.TableForeignKey)
def _table_foreign_key(node: ast.TableForeignKey) -> Pieces:
    return [*_named(node.name), "FOREIGN KEY ", *in_parentheses(node.columns), " ", node.reference]


@PIECES.entry(ast.ForeignKeyReference)
def _reference(node: ast.ForeignKeyReference) -> Pieces:
    pieces: Pieces = ["REFERENCES ", node.table]
    if node.columns:
        pieces += [" ", *in_parentheses(node.columns)]
    if node.on_delete:
        pieces.append(f" ON DELETE {node.on_delete}")
    if node.on_update:
        pieces.append(f" ON UPDATE {node.on_update}")
    if node.match is not None:
        pieces += [" MATCH ", node.match]
    if node.deferrable:
        pieces.append(f" {node.deferrable}")
    if node.initially:
        pieces.append(f" INITIALLY {node.initially}")
    return pieces


@PIECES.entry(ast.CreateTrigger)
def _trigger(node: ast.CreateTrigger) -> Pieces:
    pieces = [FLUSH, *_create("TRIGGER", node.temporary, node.if_not_exists, node.name)]
    pieces += [LINE, (node.time + " " if node.time else "") + node.event]
    if node.columns:
        pieces += [" OF ", *listed(node.columns)]
    pieces += [" ON ", node.table]
    if node.for_each_row:
        pieces += [LINE, "FOR EACH ROW"]
    pieces += clause("WHEN", node.when)
    pieces += [LINE, "BEGIN", OPEN]
    for step in node.body:
        pieces += [LINE, step, ";"]
    return [*pieces, CLOSE, LINE, "END", CLOSE]


@PIECES.entry(ast.DropTable, ast.DropIndex, ast.DropView, ast.DropTrigger)
def _drop(node: ast.DropTable | ast.DropIndex | ast.DropView | ast.DropTrigger) -> Pieces:
    kind = node.__class__.__name__[4:].upper()
    return [f"DROP {kind} " + ("IF EXISTS " if node.if_exists else ""), node.name]


@PIECES.entry(ast.AlterRenameTable)
def _alter_rename_table(node: ast.AlterRenameTable) -> Pieces:
    return ["ALTER TABLE ", node.table, " RENAME TO ", node.new_name]


@PIECES.entry(ast.AlterRenameColumn)
def _alter_rename_column(node: ast.AlterRenameColumn) -> Pieces:
    return ["ALTER TABLE ", node.table, " RENAME COLUMN ", node.column, " TO ", node.new_name]


@PIECES.entry(ast.AlterAddColumn)
def _alter_add_column(node: ast.AlterAddColumn) -> Pieces:
    return ["ALTER TABLE ", node.table, " ADD COLUMN ", node.column]


@PIECES.entry(ast.AlterDropColumn)
def _alter_drop_column(node: ast.AlterDropColumn) -> Pieces:
    return ["ALTER TABLE ", node.table, " DROP COLUMN ", node.column]


@PIECES.entry(ast.AlterAddConstraint)
def _alter_add_constraint(node: ast.AlterAddConstraint) -> Pieces:
    return ["ALTER TABLE ", node.table, " ADD ", node.constraint]


@PIECES.entry(ast.AlterDropConstraint)
def _alter_drop_constraint(node: ast.AlterDropConstraint) -> Pieces:
    return ["ALTER TABLE ", node.table, " DROP CONSTRAINT ", node.constraint]


@PIECES.entry(ast.AlterSetNotNull)
def _alter_set_not_null(node: ast.AlterSetNotNull) -> Pieces:
    set_ = " SET NOT NULL" + _conflict(node.conflict)
    return ["ALTER TABLE ", node.table, " ALTER COLUMN ", node.column, set_]


@PIECES.entry(ast.AlterDropNotNull)
def _alter_drop_not_null(node: ast.AlterDropNotNull) -> Pieces:
    return ["ALTER TABLE ", node.table, " ALTER COLUMN ", node.column, " DROP NOT NULL"]


@PIECES.entry(ast.Begin)
def _begin(node: ast.Begin) -> Pieces:
    return ["BEGIN" + (" " + node.mode if node.mode else "")]


@PIECES.entry(ast.Commit)
def _commit(node: ast.Commit) -> Pieces:
    return ["COMMIT"]


@PIECES.entry(ast.Rollback)
def _rollback(node: ast.Rollback) -> Pieces:
    return ["ROLLBACK"]


@PIECES.entry(ast.Savepoint)
def _savepoint(node: ast.Savepoint) -> Pieces:
    return ["SAVEPOINT ", node.name]


@PIECES.entry(ast.Release)
def _release(node: ast.Release) -> Pieces:
    return ["RELEASE SAVEPOINT ", node.name]


@PIECES.entry(ast.RollbackTo)
def _rollback_to(node: ast.RollbackTo) -> Pieces:
    return ["ROLLBACK TO SAVEPOINT ", node.name]


def _after(word: str, nodes: Sequence[Node | None]) -> Pieces:
    """A word with the nodes that are there after it."""
    pieces: Pieces = [word]
    for node in nodes:
        if node is not None:
            pieces += [" ", node]
    return pieces


@PIECES.entry(ast.Pragma)
def _pragma(node: ast.Pragma) -> Pieces:
    value: Pieces = [" = ", _pragma_value(node.value)] if node.value is not None else []
    return ["PRAGMA ", node.name, *value]


@PIECES.entry(ast.Attach)
def _attach(node: ast.Attach) -> Pieces:
    key: Pieces = [" KEY ", node.key] if node.key is not None else []
    return ["ATTACH DATABASE ", node.file, " AS ", node.schema, *key]


@PIECES.entry(ast.Detach)
def _detach(node: ast.Detach) -> Pieces:
    return ["DETACH DATABASE ", node.schema]


@PIECES.entry(ast.Vacuum)
def _vacuum(node: ast.Vacuum) -> Pieces:
    into: Pieces = [" INTO ", node.into] if node.into is not None else []
    return [*_after("VACUUM", [node.schema]), *into]


@PIECES.entry(ast.Analyze)
def _analyze(node: ast.Analyze) -> Pieces:
    return _after("ANALYZE", [node.name])


@PIECES.entry(ast.Reindex)
def _reindex(node: ast.Reindex) -> Pieces:
    return _after("REINDEX", [node.name])


@PIECES.entry(ast.Explain)
def _explain(node: ast.Explain) -> Pieces:
    return ["EXPLAIN QUERY PLAN " if node.query_plan else "EXPLAIN ", node.statement]


def _pragma_value(value: ast.Expression) -> Piece:
    """ON, DELETE and DEFAULT are no names elsewhere, and need no quotes here."""
    if (
        isinstance(value, ast.Word)
        and not value.name.quote
        and value.name.text.upper() in ("ON", "DELETE", "DEFAULT")
    ):
        return value.name.text
    return value
