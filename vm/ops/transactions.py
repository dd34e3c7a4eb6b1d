"""Transactions and savepoints, the header's fields, the schema, and whole B-trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.storage.format.header import META_SCHEMA_COOKIE
from foundrydb.storage.format.values import Value
from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.instruction import (
    Instruction,
    Operand,
    flag,
    integer,
    integers,
    reads,
    text,
    updates,
    writes,
)

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine


@final
class Transaction(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("db", 1),
        integer("write", 2),
        integer("cookie", 3),
        integer("generation", 4),
    )
    DOC: ClassVar[str] = (
        "Begin to read database `db`, or to write it if `write` is 1 (2: keeping all others out). "
        "The statement is stale, and is compiled anew, if the file's schema cookie is not `cookie`. "
        "(-1: any will do.)"
    )

    def __init__(self, db: int, write: int, cookie: int = -1, generation: int = 0) -> None:
        self.db: Final[i64] = db
        self.write: Final[i64] = write
        self.cookie: Final[i64] = cookie
        self.generation: Final[i64] = generation

    def execute(self, m: Machine, pc: i64) -> i64:
        m.begin(self.db, self.write, self.cookie)
        return pc + 1


@final
class AutoCommit(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("on", 1), flag("rollback", 1, 2))
    DOC: ClassVar[str] = (
        "Turn autocommit on (COMMIT; with `rollback`, ROLLBACK) or off (BEGIN), and end the program."
    )
    FALLS_THROUGH: ClassVar[bool] = False

    def __init__(self, on: int, rollback: bool = False) -> None:
        self.on: Final[i64] = on
        self.rollback: Final = rollback

    def execute(self, m: Machine, pc: i64) -> i64:
        m.host.transaction.set_autocommit(m, self.on != 0, self.rollback)
        return -1


@final
class Savepoint(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("operation", 1), text("name", 4))
    DOC: ClassVar[str] = "Open (0), release (1) or roll back to (2) the savepoint `name`."

    def __init__(self, operation: int, name: str) -> None:
        self.operation: Final[i64] = operation
        self.name: Final = name

    def execute(self, m: Machine, pc: i64) -> i64:
        m.host.transaction.savepoint(m, self.operation, self.name)
        return pc + 1


@final
class ReadCookie(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("db", 1),
        writes("dest", 2),
        integer("field", 3),
    )
    DOC: ClassVar[str] = "R[dest] := field `field` of the database's header."

    def __init__(self, db: int, dest: int, field: int) -> None:
        self.db: Final[i64] = db
        self.dest: Final[i64] = dest
        self.field: Final[i64] = field

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = m.database(self.db).get_meta(self.field)
        return pc + 1


@final
class SetCookie(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("db", 1),
        integer("field", 2),
        integer("value", 3),
        flag("distrust", 1),
    )
    DOC: ClassVar[str] = (
        "Set field `field` of the database's header to `value`. `distrust`: what is known of the schema is read again."
    )

    def __init__(self, db: int, field: int, value: int, distrust: bool = False) -> None:
        self.db: Final[i64] = db
        self.field: Final[i64] = field
        self.value: Final[i64] = value
        self.distrust: Final = distrust

    def execute(self, m: Machine, pc: i64) -> i64:
        m.database(self.db).set_meta(self.field, self.value)
        if self.field == META_SCHEMA_COOKIE:
            m.host.cookie_changed(self.db, self.value)
            if self.distrust:
                m.host.attached.schema_changed(int(self.db))
        return pc + 1


@final
class ParseSchema(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("db", 1), text("name", 4), text("kind", 0))
    DOC: ClassVar[str] = (
        "Read the newest rows of the schema table of database `db` that are about `name`, and add what they "
        "describe to the schema. `kind`: table (or a view, with the automatic indexes), index, trigger. Without a "
        "name, read all anew."
    )
    COMMENT: ClassVar[str] = "{kind} {name}"

    def __init__(self, db: int, name: str = "", kind: str = "") -> None:
        self.db: Final[i64] = db
        self.name: Final = name
        self.kind: Final = kind

    def execute(self, m: Machine, pc: i64) -> i64:
        m.host.parse_schema(self.db, self.name, self.kind)
        return pc + 1


@final
class LoadAnalysis(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("db", 1),)
    DOC: ClassVar[str] = "Read the statistics of sqlite_stat1 anew."

    def __init__(self, db: int) -> None:
        self.db: Final[i64] = db

    def execute(self, m: Machine, pc: i64) -> i64:
        m.host.load_analysis(self.db)
        return pc + 1


@final
class CreateBtree(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("db", 1),
        writes("dest", 2),
        flag("index", 2, 3),
    )
    DOC: ClassVar[str] = "R[dest] := the root page of a new, empty table B-tree (an index B-tree if `index`)."
    COMMENT: ClassVar[str] = "r[{dest}]=root iDb={db}"

    def __init__(self, db: int, dest: int, index: bool = False) -> None:
        self.db: Final[i64] = db
        self.dest: Final[i64] = dest
        self.index: Final = index

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = m.database(self.db).create_tree(self.index)
        return pc + 1


@final
class Destroy(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("root", 1),
        writes("dest", 2),
        integer("db", 3),
    )
    DOC: ClassVar[str] = (
        "Free all pages of the B-tree with root page `root`. R[dest] := the root page that moved to "
        "its place (auto-vacuum files), else 0."
    )

    def __init__(self, root: int, dest: int, db: int) -> None:
        self.root: Final[i64] = root
        self.dest: Final[i64] = dest
        self.db: Final[i64] = db

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        moved = m.host.statements.destroy_tree(m, m.database(self.db), self.root)
        if moved != 0:
            m.host.root_moved(self.db, moved, self.root)
        r[self.dest] = moved
        return pc + 1


@final
class Clear(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("root", 1),
        integer("db", 2),
        writes("count", 3, optional=True),
        flag("count_change", 1),
    )
    DOC: ClassVar[str] = (
        "Delete all entries of the B-tree with root page `root`. R[count], unless it is register 0, "
        "grows by their number. `count_change`: count them in changes()."
    )

    def __init__(self, root: int, db: int, count: int = 0, count_change: bool = False) -> None:
        self.root: Final[i64] = root
        self.db: Final[i64] = db
        self.count: Final[i64] = count
        self.count_change: Final = count_change

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        n = m.database(self.db).clear_tree(self.root)
        if self.count_change:
            m.changes += n
        if self.count > 0:
            v = r[self.count]
            r[self.count] = n + (v if isinstance(v, int) else 0)
        return pc + 1


@final
class DropTable(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("db", 1), text("name", 4))
    DOC: ClassVar[str] = "Forget the table or view `name`, with its indexes and triggers."

    def __init__(self, db: int, name: str) -> None:
        self.db: Final[i64] = db
        self.name: Final = name

    def execute(self, m: Machine, pc: i64) -> i64:
        m.host.drop_object(self.db, "table", self.name)
        return pc + 1


@final
class DropIndex(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("db", 1), text("name", 4))
    DOC: ClassVar[str] = "Forget the index `name`."

    def __init__(self, db: int, name: str) -> None:
        self.db: Final[i64] = db
        self.name: Final = name

    def execute(self, m: Machine, pc: i64) -> i64:
        m.host.drop_object(self.db, "index", self.name)
        return pc + 1


@final
class DropTrigger(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("db", 1), text("name", 4))
    DOC: ClassVar[str] = "Forget the trigger `name`."

    def __init__(self, db: int, name: str) -> None:
        self.db: Final[i64] = db
        self.name: Final = name

    def execute(self, m: Machine, pc: i64) -> i64:
        m.host.drop_object(self.db, "trigger", self.name)
        return pc + 1


@final
class Attach(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (reads("file", 1), reads("name", 2))
    DOC: ClassVar[str] = "Add the database in the file R[file] to those of the connection, as R[name]."

    def __init__(self, file: int, name: int) -> None:
        self.file: Final[i64] = file
        self.name: Final[i64] = name

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        m.host.attach(_name(r[self.file], m.encoding), _name(r[self.name], m.encoding))
        return pc + 1


@final
class Detach(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (reads("name", 1),)
    DOC: ClassVar[str] = "Take the database R[name] away from those of the connection."

    def __init__(self, name: int) -> None:
        self.name: Final[i64] = name

    def execute(self, m: Machine, pc: i64) -> i64:
        m.host.detach(m, _name(m.registers[self.name], m.encoding))
        return pc + 1


def _name(value: Value, encoding: int) -> str:
    """A value as the name of a file or a database, which a NUL ends; NULL is the empty name."""
    return "" if value is None else to_text(value, encoding).partition("\0")[0]


@final
class Expire(Instruction):
    DOC: ClassVar[str] = "Mark every prepared statement of the connection as stale."

    def execute(self, m: Machine, pc: i64) -> i64:
        m.host.attached.expire()
        return pc + 1


@final
class IntegrityCk(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("db", 5),
        writes("dest", 1),
        updates("limit", 3),
        integers("roots", 4),
        flag("check_header", 1, 2),
    )
    DOC: ClassVar[str] = (
        "R[dest] := the faults that the B-trees with the root pages `roots` show, a line for each, "
        "or NULL. R[limit] says how many may be reported, and falls by those that were."
    )

    def __init__(
        self,
        db: int,
        dest: int,
        limit: int,
        roots: tuple[int, ...],
        check_header: bool = True,
    ) -> None:
        self.db: Final[i64] = db
        self.dest: Final[i64] = dest
        self.limit: Final[i64] = limit
        self.roots: Final = roots
        self.check_header: Final = check_header

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        allowed = r[self.limit]
        assert isinstance(allowed, int)
        faults = m.host.integrity_check(self.db, self.roots, allowed, self.check_header)
        r[self.limit] = allowed - len(faults)
        r[self.dest] = "\n".join(faults) if faults else None
        return pc + 1


@final
class Pagecount(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("db", 1), writes("dest", 2))
    DOC: ClassVar[str] = "R[dest] := the number of pages of database `db`."

    def __init__(self, db: int, dest: int) -> None:
        self.db: Final[i64] = db
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = m.database(self.db).page_count()
        return pc + 1


@final
class ChangeCount(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (writes("dest", 2),)
    DOC: ClassVar[str] = "R[dest] := how many rows the statement has changed so far."

    def __init__(self, dest: int) -> None:
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = m.changes
        return pc + 1


@final
class SqlExec(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (text("sql", 4), integer("limit", 1))
    DOC: ClassVar[str] = (
        "Run the statement `sql`, whose rows are dropped; with a `limit` other than 0 as its PRAGMA analysis_limit."
    )

    def __init__(self, sql: str, limit: int = 0) -> None:
        self.sql: Final = sql
        self.limit: Final[i64] = limit

    def execute(self, m: Machine, pc: i64) -> i64:
        limit = int(self.limit)
        if limit == 0:
            m.host.query(self.sql)
            return pc + 1
        before = m.host.read_setting(0, "analysis_limit")
        m.host.write_setting(0, "analysis_limit", limit)
        try:
            m.host.query(self.sql)
        finally:
            m.host.write_setting(0, "analysis_limit", before)
        return pc + 1


@final
class ReadSetting(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("db", 1),
        text("name", 4),
        writes("dest", 2),
    )
    DOC: ClassVar[str] = (
        "R[dest] := the connection's setting `name` (of database `db`, where it has one for each)."
    )

    def __init__(self, db: int, name: str, dest: int) -> None:
        self.db: Final[i64] = db
        self.name: Final = name
        self.dest: Final[i64] = dest

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        r[self.dest] = m.host.read_setting(self.db, self.name)
        return pc + 1


@final
class WriteSetting(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("db", 1),
        text("name", 4),
        reads("source", 2),
    )
    DOC: ClassVar[str] = "Change the connection's setting `name` to R[source]."

    def __init__(self, db: int, name: str, source: int) -> None:
        self.db: Final[i64] = db
        self.name: Final = name
        self.source: Final[i64] = source

    def execute(self, m: Machine, pc: i64) -> i64:
        r = m.registers
        m.host.write_setting(self.db, self.name, r[self.source])
        return pc + 1


@final
class Vacuum(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("db", 1), reads("file", 2, optional=True))
    DOC: ClassVar[str] = (
        "Make database `db` anew, tree by tree, with no free pages and every page filled; or, with `file`, make the "
        "new one of that name, R[file], and leave `db` as it is."
    )

    def __init__(self, db: int, file: int = 0) -> None:
        self.db: Final[i64] = db
        self.file: Final[i64] = file

    def execute(self, m: Machine, pc: i64) -> i64:
        if self.file > 0:
            m.host.vacuum_into(m, self.db, m.registers[self.file])
        else:
            m.host.vacuum(m, self.db)
        return pc + 1


@final
class IncrVacuum(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (integer("db", 1), integer("pages", 2))
    DOC: ClassVar[str] = (
        "Give up to `pages` free pages of database `db` back (a negative number: all), where it can be "
        "shrunk step by step."
    )

    def __init__(self, db: int, pages: int) -> None:
        self.db: Final[i64] = db
        self.pages: Final = pages

    def execute(self, m: Machine, pc: i64) -> i64:
        m.database(self.db).incremental_vacuum(self.pages)
        return pc + 1
