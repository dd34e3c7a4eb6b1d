"""CREATE TABLE and CREATE INDEX to ``Table`` and ``Index``: columns, keys, and the indexes that constraints make.

SQLite's rules for automatic indexes: each UNIQUE or PRIMARY KEY makes one, in the order of the text, unless an
earlier one has the same columns and collations; it is called ``sqlite_autoindex_TABLE_N``, N counting the table's
indexes so far.  INTEGER PRIMARY KEY makes none: the column is another name of the rowid.
https://sqlite.org/lang_createtable.html
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.schema.affinity import STANDARD_TYPES, named_affinity
from foundrydb.compiler.schema.limits import MAX_COLUMNS, check_columns
from foundrydb.compiler.schema.names import EXPRESSION, ROWID, fold
from foundrydb.compiler.schema.objects import (
    NEWEST_FORMAT,
    Check,
    Column,
    ForeignKey,
    Index,
    IndexColumn,
    Table,
)
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.source import default_text, dequoted, without_collate
from foundrydb.errors import Error, error


def fail(message: str, node: ast.Node) -> Error:
    """An error about a piece of the statement, ready to raise."""
    return error(message).at(node.start, node.end - node.start)


def table_from_ast(
    statement: ast.CreateTable, sql: str, schema: str, root_page: int = 0, format: int = NEWEST_FORMAT
) -> Table:
    """The table that a CREATE TABLE statement declares.

    sql: the statement's text (checks without a name are called by their text).
    root_page: the B-tree's root, 0 when it is not known yet.
    format: the schema format of the file.
    Raises OperationalError with SQLite's text for a declaration that makes no sense.
    """
    builder = TableBuilder(statement, sql, schema, root_page, format)
    builder.declare()
    return builder.finish()


@final
class TableBuilder:
    """The work of ``table_from_ast``, in two steps."""

    def __init__(
        self, statement: ast.CreateTable, sql: str, schema: str, root_page: int, format: int
    ) -> None:
        self.statement: Final = statement
        self.sql: Final = sql
        self.table: Final = Table(statement.name.name.text, schema, root_page, sql)
        self.table.format = format
        self.has_primary_key = False
        self.primary_index: Index | None = None
        self.alias_descends = False  # counts where the table turns out to have no rowids

    def declare(self) -> None:
        """Take in the columns and constraints, one by one."""
        table = self.table
        statement = self.statement
        table.strict = statement.strict
        table.without_rowid = statement.without_rowid
        for definition in statement.columns:
            self._column(definition)
        for place, constraint in enumerate(statement.constraints):
            self._table_constraint(constraint, place == 0)

    def finish(self) -> Table:
        """The table, by the rules that need all of it."""
        table = self.table
        self._finish_columns()
        if table.without_rowid:
            self._make_clustered()
        for index in table.indexes:
            if not index.clustered:
                set_suffix(index)
        _set_positions(table)
        return table

    # -- columns

    def _column(self, definition: ast.ColumnDefinition) -> None:
        table = self.table
        name = definition.name.text
        if table.column_index(name) >= 0:
            raise fail(f"duplicate column name: {name}", definition.name)
        if len(table.columns) >= MAX_COLUMNS:
            raise fail(f"too many columns on {table.name}", definition.name)
        declared = "" if definition.type is None else dequoted(definition.type.text)
        standard = declared.upper() in STANDARD_TYPES and _is_one_word(definition, declared)
        if standard:
            declared = declared.upper()
        table.add_column(self._make_column(definition, declared, standard))
        for constraint in definition.constraints:
            self._column_constraint(len(table.columns) - 1, constraint)

    def _make_column(self, definition: ast.ColumnDefinition, declared: str, standard: bool) -> Column:
        collation = "BINARY"
        default: ast.ColumnDefault | None = None
        generated: ast.ColumnGenerated | None = None
        for constraint in definition.constraints:
            if isinstance(constraint, ast.ColumnCollate):
                collation = constraint.collation.text
            elif isinstance(constraint, ast.ColumnDefault):
                if generated is not None:
                    raise fail("cannot use DEFAULT on a generated column", constraint)
                _check_default(constraint, definition)
                default = constraint
            elif isinstance(constraint, ast.ColumnGenerated):
                if default is not None or generated is not None or constraint.storage not in _STORAGE:
                    raise fail(f'error in generated column "{definition.name.text}"', constraint)
                generated = constraint
        affinity = "A" if self.table.strict and declared == "ANY" else named_affinity(definition.type)
        return Column(
            definition.name.text,
            declared,
            affinity,
            collation,
            default=None if default is None else default.value,
            default_text=None if default is None else default_text(self.sql, default),
            generated=None if generated is None else generated.expression,
            stored=generated is None or generated.storage == "STORED",
            standard=standard,
        )

    def _column_constraint(self, column: int, constraint: ast.ColumnConstraint) -> None:
        table = self.table
        if isinstance(constraint, ast.ColumnPrimaryKey):
            self._primary_key(
                [
                    IndexColumn(
                        column, None, table.columns[column].collation, _descends(table, constraint.descending)
                    )
                ],
                constraint,
                constraint.conflict,
                constraint.autoincrement,
                not constraint.descending,
            )
        elif isinstance(constraint, ast.ColumnUnique):
            keys = [IndexColumn(column, None, table.columns[column].collation, False)]
            self._automatic_index(keys, "u", constraint.conflict, constraint)
        elif isinstance(constraint, ast.ColumnNotNull):
            table.columns[column].not_null = True
            table.columns[column].not_null_conflict = constraint.conflict
        elif isinstance(constraint, ast.ColumnCheck):
            self._check(constraint, constraint.name)
        elif isinstance(constraint, ast.ColumnReferences):
            reference = constraint.reference
            if len(reference.columns) > 1:
                raise fail(
                    f"foreign key on {table.columns[column].name} should reference only one column of table "
                    f"{reference.table.text}",
                    constraint,
                )
            table.foreign_keys.append(ForeignKey([column], reference))

    # -- table constraints

    def _table_constraint(self, constraint: ast.TableConstraint, first: bool) -> None:
        if isinstance(constraint, ast.TablePrimaryKey):
            keys = self._keys(constraint.columns, True)
            self._primary_key(keys, constraint, constraint.conflict, constraint.autoincrement, True)
        elif isinstance(constraint, ast.TableUnique):
            self._automatic_index(self._keys(constraint.columns), "u", constraint.conflict, constraint)
        elif isinstance(constraint, ast.TableCheck):
            name = constraint.name
            if name is None and first:
                name = _last_name(self.statement.columns[-1])
            self._check(constraint, name)
        elif isinstance(constraint, ast.TableForeignKey):
            self._foreign_key(constraint)

    def _keys(self, terms: tuple[ast.OrderTerm, ...], primary: bool = False) -> list[IndexColumn]:
        """The columns that PRIMARY KEY or UNIQUE lists."""
        check_columns(len(terms), "index")
        keys: list[IndexColumn] = []
        for term in terms:
            key = index_column(self.table, term, primary)
            if key is None:
                raise fail("expressions prohibited in PRIMARY KEY and UNIQUE constraints", term)
            keys.append(key)
        return keys

    def _check(self, constraint: ast.ColumnCheck | ast.TableCheck, name: ast.Name | None) -> None:
        if name is not None:
            text = name.text
        else:
            # All that stands between the constraint's parentheses, further ones included.
            clause = self.sql[constraint.start : constraint.end]
            text = dequoted(clause[clause.index("(") + 1 : clause.rindex(")")].strip())
        self.table.checks.append(Check(text, constraint.expression))

    def _foreign_key(self, constraint: ast.TableForeignKey) -> None:
        columns: list[int] = []
        if constraint.reference.columns and len(constraint.reference.columns) != len(constraint.columns):
            raise fail(
                "number of columns in foreign key does not match the number of columns in the referenced table",
                constraint,
            )
        for name in constraint.columns:
            column = self.table.column_index(name.text)
            if column < 0:
                raise fail(f'unknown column "{name.text}" in foreign key definition', name)
            columns.append(column)
        self.table.foreign_keys.append(ForeignKey(columns, constraint.reference))

    # -- keys

    def _primary_key(
        self, keys: list[IndexColumn], node: ast.Node, conflict: str, autoincrement: bool, alias: bool
    ) -> None:
        """PRIMARY KEY.  alias: whether the clause's form lets an INTEGER column become the rowid's name."""
        table = self.table
        if self.has_primary_key:
            raise fail(f'table "{table.name}" has more than one primary key', node)
        self.has_primary_key = True
        for key in keys:
            column = table.columns[key.column]
            if column.generated is not None:
                raise fail("generated columns cannot be part of the PRIMARY KEY", node)
            if not column.primary_key:
                table.primary_key.append(key.column)
                column.primary_key = len(table.primary_key)
        first = table.columns[keys[0].column]
        if alias and len(keys) == 1 and first.standard and first.declared_type == "INTEGER":
            table.rowid_alias = keys[0].column
            self.alias_descends = keys[0].descending
            table.rowid_conflict = conflict
            table.autoincrement = autoincrement
        elif autoincrement:
            raise fail("AUTOINCREMENT is only allowed on an INTEGER PRIMARY KEY", node)
        else:
            self.primary_index = self._automatic_index(keys, "pk", conflict, node)

    def _automatic_index(self, keys: list[IndexColumn], origin: str, conflict: str, node: ast.Node) -> Index:
        """The index of a constraint: a new one, or the earlier one that serves it."""
        table = self.table
        for index in table.indexes:
            if _same_keys(index.columns, keys):
                if index.conflict != conflict:
                    if index.conflict and conflict:
                        raise fail("conflicting ON CONFLICT clauses specified", node)
                    index.conflict = index.conflict or conflict
                if origin == "pk":
                    index.origin = "pk"
                return index
        clustered = origin == "pk" and table.without_rowid
        name = f"sqlite_autoindex_{table.name}_{len(table.indexes) + 1}"
        made = Index(name, table, keys, True, origin, conflict, clustered=clustered)
        table.add_index(made)
        return made

    # -- the end

    def _finish_columns(self) -> None:
        """Rules that need all columns: STRICT types, NOT NULL by the primary key, something stored at all."""
        table = self.table
        for column, definition in zip(table.columns, self.statement.columns):
            if table.strict:
                self._strict_type(column, definition)
            if column.primary_key and table.strict and not table.without_rowid and not column.not_null:
                column.not_null = table.columns.index(column) != table.rowid_alias
        if all(column.generated is not None for column in table.columns):
            raise fail("must have at least one non-generated column", self.statement)

    def _strict_type(self, column: Column, definition: ast.ColumnDefinition) -> None:
        if not column.declared_type:
            raise fail(f"missing datatype for {self.table.name}.{column.name}", definition)
        if not column.standard:
            text = f'unknown datatype for {self.table.name}.{column.name}: "{column.declared_type}"'
            raise fail(text, definition)

    def _make_clustered(self) -> None:
        """WITHOUT ROWID: the primary key's index becomes the table."""
        table = self.table
        if not self.has_primary_key:
            raise fail(f"PRIMARY KEY missing on table {table.name}", self.statement)
        if table.autoincrement:
            raise fail("AUTOINCREMENT not allowed on WITHOUT ROWID tables", self.statement)
        if table.rowid_alias >= 0:
            collation = table.columns[table.rowid_alias].collation
            keys = [IndexColumn(table.rowid_alias, None, collation, self.alias_descends)]
            table.rowid_alias = -1
            self.primary_index = self._automatic_index(keys, "pk", table.rowid_conflict, self.statement)
        index = self.primary_index
        assert index is not None
        if not index.clustered:
            index = self._recluster(index)
        _drop_repeated(index)
        for column in table.columns:
            if column.primary_key and not column.not_null:
                column.not_null = True
        index.root_page = table.root_page
        kept = [key.column for key in index.columns]
        for i, column in enumerate(table.columns):
            if i not in kept and column.stored:
                index.suffix.append(IndexColumn(i, None, column.collation, False))

    def _recluster(self, index: Index) -> Index:
        """A PRIMARY KEY that an earlier UNIQUE serves: that index is the table."""
        made = Index(index.name, index.table, index.columns, True, "pk", index.conflict, clustered=True)
        self.table.indexes[self.table.indexes.index(index)] = made
        return made


_STORAGE: Final = ("", "STORED", "VIRTUAL")

_VARIABLE: Final = (
    ast.Column,
    ast.Parameter,
    ast.Subquery,
    ast.Exists,
    ast.InSelect,
    ast.InTable,
    ast.Raise,
)
"""What may not stand in a DEFAULT."""


def _check_default(constraint: ast.ColumnDefault, definition: ast.ColumnDefinition) -> None:
    """A DEFAULT may not refer to anything."""
    for node in ast.walk(constraint.value):
        if isinstance(node, ast.Column) and is_truth_word(node):
            continue
        if isinstance(node, _VARIABLE) or (isinstance(node, ast.Call) and node.over is not None):
            raise fail(f"default value of column [{definition.name.text}] is not constant", node)


def _is_one_word(definition: ast.ColumnDefinition, declared: str) -> bool:
    """Whether a type is written as nothing but the word, in quotes or not."""
    return definition.type is not None and len(definition.type.text) - len(declared) in (0, 2)


def _same_keys(a: list[IndexColumn], b: list[IndexColumn]) -> bool:
    """Whether two lists of index columns make the same index for a constraint (directions do not matter)."""
    return len(a) == len(b) and all(_same_column(x, y) for x, y in zip(a, b))


def _same_column(a: IndexColumn, b: IndexColumn) -> bool:
    return a.column == b.column and fold(a.collation) == fold(b.collation)


def _drop_repeated(index: Index) -> None:
    """Leave each column of a primary key in its index once."""
    seen: list[IndexColumn] = []
    for key in index.columns:
        if not _has_column(seen, key):
            seen.append(key)
    index.columns[:] = seen


def _has_column(columns: list[IndexColumn], wanted: IndexColumn) -> bool:
    return any(_same_column(item, wanted) for item in columns)


def _set_positions(table: Table) -> None:
    """Where each column stands in the stored record."""
    clustered = table.clustered_index()
    if clustered is not None:
        table.row_key = [item.column for item in clustered.columns]
        table.record = [item.column for item in clustered.stored_columns()]
    else:
        table.record = [i for i, column in enumerate(table.columns) if column.stored]
    table.positions = [-1] * len(table.columns)
    for place in reversed(range(len(table.record))):
        table.positions[table.record[place]] = place


def set_suffix(index: Index) -> None:
    """What entries of a secondary index store after the key: the rowid, or the rest of the primary key.

    For a UNIQUE constraint SQLite sorts that rest upwards even where the primary key is DESC; CREATE INDEX follows it.
    """
    clustered = index.table.clustered_index()
    if clustered is None:
        index.suffix = [IndexColumn(ROWID, None, "BINARY", False)]
        return
    index.suffix = []
    for key in clustered.columns:
        if not _has_column(index.columns, key):
            descending = key.descending and index.origin == "c"
            index.suffix.append(IndexColumn(key.column, None, key.collation, descending))


def _last_name(definition: ast.ColumnDefinition) -> ast.Name | None:
    """The last name of a column's constraints, by which SQLite also calls a CHECK right after the last column."""
    name: ast.Name | None = None
    for constraint in definition.constraints:
        assert isinstance(
            constraint,
            (
                ast.ColumnPrimaryKey,
                ast.ColumnNotNull,
                ast.ColumnNull,
                ast.ColumnUnique,
                ast.ColumnCheck,
                ast.ColumnDefault,
                ast.ColumnCollate,
                ast.ColumnReferences,
                ast.ColumnGenerated,
                ast.ColumnConstraintName,
            ),
        )
        if constraint.name is not None:
            name = constraint.name
    return name


def is_truth_word(node: ast.Column) -> bool:
    """Whether a name is the bare word true or false, which it is where no column has that name."""
    return node.table is None and node.column.quote == "" and fold(node.column.text) in ("true", "false")


def index_column(table: Table, term: ast.OrderTerm, primary: bool = False) -> IndexColumn | None:
    """One plain column of an index or key; None for an expression.

    Of several COLLATE the outermost counts; a string names a column under one at most, but for a ``primary`` key.

    Raises OperationalError when there is no such column.
    """
    expression = term.expression
    collation = ""
    if isinstance(expression, ast.Collate):
        collation = expression.collation.text
        expression = expression.operand
        if isinstance(expression, ast.Collate):
            expression = without_collate(expression)
            if isinstance(expression, ast.String) and not primary:
                return None
    if isinstance(expression, ast.String):
        name = expression.value
    elif isinstance(expression, ast.Column) and expression.table is None:
        name = expression.column.text
    else:
        return None
    column = table.column_index(name)
    if column < 0 and isinstance(expression, ast.Column):
        if is_truth_word(expression) or expression.column.quote == '"':
            return None
    if column < 0:
        raise fail(f"no such column: {name}", expression)
    collation = collation or table.columns[column].collation
    return IndexColumn(column, None, collation, _descends(table, term.descending))


def _descends(table: Table, written: bool) -> bool:
    """Whether a key descends that is written to: in files of the older schema formats none does."""
    return written and table.format >= NEWEST_FORMAT


def index_from_ast(statement: ast.CreateIndex, sql: str, table: Table, root_page: int = 0) -> Index:
    """The index that a CREATE INDEX statement declares on ``table``; it is not added to the table.

    Raises OperationalError when a column does not exist.
    """
    check_columns(len(statement.columns), "index")
    columns: list[IndexColumn] = []
    for term in statement.columns:
        key = index_column(table, term)
        if key is None:
            collation = "BINARY"
            expression = term.expression
            if isinstance(expression, ast.Collate):
                collation = expression.collation.text
                expression = expression.operand
            key = IndexColumn(EXPRESSION, expression, collation, _descends(table, term.descending))
        columns.append(key)
    made = Index(
        statement.name.name.text,
        table,
        columns,
        statement.unique,
        "c",
        where=statement.where,
        sql=sql,
        root_page=root_page,
    )
    set_suffix(made)
    return made
