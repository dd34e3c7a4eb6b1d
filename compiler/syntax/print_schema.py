"""How CREATE, DROP, ALTER and the statements about the database as such are printed."""

from __future__ import annotations

from collections.abc import Sequence

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.layout import (
    BACK,
    CLOSE,
    FLUSH,
    LINE,
    OPEN,
    SOFT,
    Piece,
    Pieces,
    in_parentheses,
    listed,
)
from foundrydb.compiler.syntax.node import Node
from foundrydb.compiler.syntax.print_query import clause


def schema_pieces(node: Node) -> Pieces | None:
    """What a piece of a schema statement consists of; None for other nodes."""
    if isinstance(node, ast.CreateTable):
        options = ", ".join(
            (["WITHOUT ROWID"] if node.without_rowid else []) + (["STRICT"] if node.strict else [])
        )
        inside = listed([*node.columns, *node.constraints])
        head = _create("TABLE", node.temporary, node.if_not_exists, node.name)
        return [*head, " (", OPEN, SOFT, *inside, BACK, CLOSE, ")" + (" " + options if options else "")]
    if isinstance(node, ast.CreateTableAs):
        head = _create("TABLE", node.temporary, node.if_not_exists, node.name)
        return [FLUSH, *head, " AS", LINE, node.select, CLOSE]
    if isinstance(node, ast.ColumnDefinition):
        pieces: Pieces = [node.name]
        if node.type is not None:
            pieces += [" ", node.type]
            if node.type.text[-6:].lower() == "always":
                # The parser takes the words off the end of a type: they must be there once more.
                pieces.append(" GENERATED ALWAYS")
        for constraint in node.constraints:
            pieces += [" ", constraint]
        return pieces
    if isinstance(node, ast.ColumnConstraint):
        return _column_constraint(node)
    if isinstance(node, ast.TableConstraint):
        return _table_constraint(node)
    if isinstance(node, ast.ForeignKeyReference):
        return _reference(node)
    if isinstance(node, ast.CreateTrigger):
        return _trigger(node)
    if isinstance(node, ast.Statement):
        return _create_other(node) or _drop(node) or _alter(node) or _transaction(node) or _maintenance(node)
    return None


def _create(kind: str, temporary: bool, if_not_exists: bool, name: ast.QualifiedName) -> Pieces:
    words = "CREATE " + ("TEMP " if temporary else "") + kind + (" IF NOT EXISTS " if if_not_exists else " ")
    return [words, name]


def _create_other(node: ast.Statement) -> Pieces | None:
    if isinstance(node, ast.CreateIndex):
        kind = "UNIQUE INDEX" if node.unique else "INDEX"
        pieces = [*_create(kind, False, node.if_not_exists, node.name), " ON ", node.table, " "]
        return [FLUSH, *pieces, *in_parentheses(node.columns), *clause("WHERE", node.where), CLOSE]
    if isinstance(node, ast.CreateView):
        columns: Pieces = [" ", *in_parentheses(node.columns)] if node.columns else []
        head = _create("VIEW", node.temporary, node.if_not_exists, node.name)
        return [FLUSH, *head, *columns, " AS", LINE, node.select, CLOSE]
    if isinstance(node, ast.CreateVirtualTable):
        arguments = "(" + ", ".join(node.arguments) + ")" if node.arguments else ""
        head = _create("VIRTUAL TABLE", False, node.if_not_exists, node.name)
        return [*head, " USING ", node.module, arguments]
    return None


def _conflict(conflict: str) -> str:
    return f" ON CONFLICT {conflict}" if conflict else ""


def _named(name: ast.Name | None) -> Pieces:
    return ["CONSTRAINT ", name, " "] if name is not None else []


def _column_constraint(node: ast.ColumnConstraint) -> Pieces:
    if isinstance(node, ast.ColumnPrimaryKey):
        words = "PRIMARY KEY" + (" DESC" if node.descending else "") + _conflict(node.conflict)
        return [*_named(node.name), words + (" AUTOINCREMENT" if node.autoincrement else "")]
    if isinstance(node, ast.ColumnNotNull):
        return [*_named(node.name), "NOT NULL" + _conflict(node.conflict)]
    if isinstance(node, ast.ColumnNull):
        return [*_named(node.name), "NULL" + _conflict(node.conflict)]
    if isinstance(node, ast.ColumnUnique):
        return [*_named(node.name), "UNIQUE" + _conflict(node.conflict)]
    if isinstance(node, ast.ColumnCheck):
        return [*_named(node.name), "CHECK (", node.expression, ")"]
    if isinstance(node, ast.ColumnDefault):
        value: Pieces = ["(", node.value, ")"] if node.parenthesized else [node.value]
        return [*_named(node.name), "DEFAULT ", *value]
    if isinstance(node, ast.ColumnCollate):
        return [*_named(node.name), "COLLATE ", node.collation]
    if isinstance(node, ast.ColumnReferences):
        return [*_named(node.name), node.reference]
    if isinstance(node, ast.ColumnConstraintName):
        return ["CONSTRAINT ", node.name]
    assert isinstance(node, ast.ColumnGenerated)
    storage = " " + node.storage if node.storage else ""
    return [*_named(node.name), "AS (", node.expression, ")" + storage]


def _table_constraint(node: ast.TableConstraint) -> Pieces:
    if isinstance(node, ast.TablePrimaryKey):
        autoincrement: list[Piece] = [" AUTOINCREMENT"] if node.autoincrement else []
        columns = listed(node.columns)
        return [*_named(node.name), "PRIMARY KEY (", *columns, *autoincrement, ")" + _conflict(node.conflict)]
    if isinstance(node, ast.TableUnique):
        return [*_named(node.name), "UNIQUE ", *in_parentheses(node.columns), _conflict(node.conflict)]
    if isinstance(node, ast.TableCheck):
        return [*_named(node.name), "CHECK (", node.expression, ")" + _conflict(node.conflict)]
    assert isinstance(node, ast.TableForeignKey)
    return [*_named(node.name), "FOREIGN KEY ", *in_parentheses(node.columns), " ", node.reference]


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


def _drop(node: ast.Statement) -> Pieces | None:
    if isinstance(node, ast.DropTable | ast.DropIndex | ast.DropView | ast.DropTrigger):
        kind = node.__class__.__name__[4:].upper()
        return [f"DROP {kind} " + ("IF EXISTS " if node.if_exists else ""), node.name]
    return None


def _alter(node: ast.Statement) -> Pieces | None:
    if isinstance(node, ast.AlterRenameTable):
        return ["ALTER TABLE ", node.table, " RENAME TO ", node.new_name]
    if isinstance(node, ast.AlterRenameColumn):
        return ["ALTER TABLE ", node.table, " RENAME COLUMN ", node.column, " TO ", node.new_name]
    if isinstance(node, ast.AlterAddColumn):
        return ["ALTER TABLE ", node.table, " ADD COLUMN ", node.column]
    if isinstance(node, ast.AlterDropColumn):
        return ["ALTER TABLE ", node.table, " DROP COLUMN ", node.column]
    if isinstance(node, ast.AlterAddConstraint):
        return ["ALTER TABLE ", node.table, " ADD ", node.constraint]
    if isinstance(node, ast.AlterDropConstraint):
        return ["ALTER TABLE ", node.table, " DROP CONSTRAINT ", node.constraint]
    if isinstance(node, ast.AlterSetNotNull):
        set_ = " SET NOT NULL" + _conflict(node.conflict)
        return ["ALTER TABLE ", node.table, " ALTER COLUMN ", node.column, set_]
    if isinstance(node, ast.AlterDropNotNull):
        return ["ALTER TABLE ", node.table, " ALTER COLUMN ", node.column, " DROP NOT NULL"]
    return None


def _transaction(node: ast.Statement) -> Pieces | None:
    if isinstance(node, ast.Begin):
        return ["BEGIN" + (" " + node.mode if node.mode else "")]
    if isinstance(node, ast.Commit):
        return ["COMMIT"]
    if isinstance(node, ast.Rollback):
        return ["ROLLBACK"]
    if isinstance(node, ast.Savepoint):
        return ["SAVEPOINT ", node.name]
    if isinstance(node, ast.Release):
        return ["RELEASE SAVEPOINT ", node.name]
    if isinstance(node, ast.RollbackTo):
        return ["ROLLBACK TO SAVEPOINT ", node.name]
    return None


def _after(word: str, nodes: Sequence[Node | None]) -> Pieces:
    """A word with the nodes that are there after it."""
    pieces: Pieces = [word]
    for node in nodes:
        if node is not None:
            pieces += [" ", node]
    return pieces


def _maintenance(node: ast.Statement) -> Pieces | None:
    if isinstance(node, ast.Pragma):
        value: Pieces = [" = ", _pragma_value(node.value)] if node.value is not None else []
        return ["PRAGMA ", node.name, *value]
    if isinstance(node, ast.Attach):
        key: Pieces = [" KEY ", node.key] if node.key is not None else []
        return ["ATTACH DATABASE ", node.file, " AS ", node.schema, *key]
    if isinstance(node, ast.Detach):
        return ["DETACH DATABASE ", node.schema]
    if isinstance(node, ast.Vacuum):
        into: Pieces = [" INTO ", node.into] if node.into is not None else []
        return [*_after("VACUUM", [node.schema]), *into]
    if isinstance(node, ast.Analyze):
        return _after("ANALYZE", [node.name])
    if isinstance(node, ast.Reindex):
        return _after("REINDEX", [node.name])
    if isinstance(node, ast.Explain):
        return ["EXPLAIN QUERY PLAN " if node.query_plan else "EXPLAIN ", node.statement]
    return None


def _pragma_value(value: ast.Expression) -> Piece:
    """ON, DELETE and DEFAULT are no names elsewhere, and need no quotes here."""
    if (
        isinstance(value, ast.Word)
        and not value.name.quote
        and value.name.text.upper() in ("ON", "DELETE", "DEFAULT")
    ):
        return value.name.text
    return value
