"""The dot-commands that print a database: as SQL, the whole of it or what is left of a damaged one, or page by page."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.errors import Error
from foundrydb.storage.os.memory_vfs import MemoryVFS
from foundrydb.storage.os.vfs import VFS
from foundrydb.tools import late
from foundrydb.tools.output.problems import report
from foundrydb.tools.output.progress import counting
from foundrydb.tools.output.quoting_forms import identifier, literal, one_line_literal
from foundrydb.tools.shell.dots.dot_command import Usage, command
from foundrydb.tools.shell.dots.dots_schema import with_if_not_exists
from foundrydb.tools.shell.hexdb import page_text
from foundrydb.vm.transactions.attached import MAIN

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

_FLAGS: Final = frozenset({"data-only", "newlines", "nosys", "preserve-rowids"})
_ROWIDS: Final = ("rowid", "_rowid_", "oid")


@command(
    "dump",
    "?OBJECTS?",
    help="Render database content as SQL",
    more="""
--data-only        Output only INSERT statements
--newlines         Allow unescaped newline characters in output
--nosys            Omit system tables (ex: "sqlite_stat1")
--preserve-rowids  Include rowids in the output
OBJECTS            LIKE patterns of names of tables, indexes, views and triggers to dump
""",
)
def dump(shell: Shell, arguments: list[str]) -> None:
    """Print SQL that makes the database again; what an error ends is not to be committed."""
    flags = frozenset(word.lstrip("-") for word in arguments if word.startswith("-"))
    unknown = flags - _FLAGS
    if unknown:
        raise Usage(f'Unknown option "--{min(unknown)}" on ".dump"')
    dumping = Dump(shell, flags, [word for word in arguments if not word.startswith("-")])
    try:
        dumping.begin()
        dumping.print_tables()
        dumping.print_others()
    except Error:
        dumping.end("ROLLBACK; -- due to errors")
        raise
    dumping.end("COMMIT;")


@command("dbtotxt", help="Render a database's pages as hexadecimal text, as test scripts have them")
def pages_as_text(shell: Shell, arguments: list[str]) -> None:
    """Print every page, sixteen bytes a line; lines of zeros are left out."""
    if arguments:
        raise Usage
    attached = shell.connection.engine.attached.all[MAIN]
    pager = shell.connection.engine.attached.database(MAIN).pager
    pager.begin_read()
    try:
        size, name = int(pager.page_size), os.path.basename(shell.path) or ":memory:"
        shell.write(f"| size {pager.page_count * size} pagesize {size} filename {name}\n")
        for number in range(1, int(pager.page_count) + 1):
            shell.write(page_text(bytes(pager.get(number).image()), number))
        shell.write(f"| end {name}\n")
    finally:
        attached.let_go()


@final
class Dump:
    """One dump.

    Args:
        flags: names of options.
        patterns: of the names of objects, by LIKE; all where there are none.
    """

    def __init__(self, shell: Shell, flags: frozenset[str], patterns: list[str]) -> None:
        self._shell: Final = shell
        self._patterns: Final = patterns
        self._bare: Final = "data-only" in flags
        self._rowids: Final = "preserve-rowids" in flags
        self._show: Final = literal if "newlines" in flags else one_line_literal
        chosen = " OR ".join(f"name LIKE ?{i}" for i in range(1, len(patterns) + 1)) or "1"
        if "nosys" in flags:
            chosen = f"({chosen}) AND name NOT LIKE 'sqlite_%'"
        self._chosen: Final = f"({chosen}) AND sql NOT NULL"

    def begin(self) -> None:
        """Print what comes first."""
        if not self._bare:
            self._shell.write("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n")

    def end(self, statement: str) -> None:
        """Print what comes last."""
        if not self._bare:
            self._shell.write(f"{statement}\n")

    def print_tables(self) -> None:
        """Print tables with their rows."""
        found = self._shell.query(
            f"SELECT name, sql FROM sqlite_schema WHERE {self._chosen} AND type = 'table'"
            " ORDER BY tbl_name = 'sqlite_sequence', rowid",
            self._patterns,
        )
        for name, sql in found:
            self._table(str(name), str(sql))

    def print_others(self) -> None:
        """Print indexes, triggers and views."""
        if self._bare:
            return
        others = self._shell.query(
            f"SELECT sql FROM sqlite_schema WHERE {self._chosen} AND type IN ('index', 'trigger', 'view')",
            self._patterns,
        )
        for (sql,) in others:
            self._shell.write(f"{sql};\n")

    def _table(self, name: str, sql: str) -> None:
        """Print a table's CREATE statement and rows."""
        made = with_if_not_exists(sql) + ";\n"
        if name == "sqlite_sequence":
            made = "DELETE FROM sqlite_sequence;\n"
        elif name.startswith("sqlite_stat"):
            made = "ANALYZE sqlite_schema;\n"
        elif name.startswith("sqlite_"):
            return
        if not self._bare:
            self._shell.write(made)
        self._rows(name)

    def _rows(self, name: str) -> None:
        columns = [str(row[1]) for row in self._shell.query(f"PRAGMA table_info({quoted_name(name)})")]
        head = f"INSERT INTO {identifier(name)} VALUES("
        rowid = self._rowid_of(name, columns)
        if rowid:
            named = ",".join([rowid, *[identifier(column) for column in columns]])
            head = f"INSERT INTO {identifier(name)}({named}) VALUES("
        wanted = ", ".join([*([rowid] if rowid else []), *[quoted_name(column) for column in columns]])
        cursor = self._shell.connection.execute(f"SELECT {wanted} FROM {quoted_name(name)}")
        show, shell = self._show, self._shell
        with counting(f"dump {name}", "rows", show=shell.out is not shell.standard) as advance:
            while rows := cursor.fetchmany(1000):
                shell.write(
                    "".join([f"{head}{','.join([show(value) for value in row])});\n" for row in rows])
                )
                advance(len(rows))

    def _rowid_of(self, name: str, columns: list[str]) -> str:
        """The name by which rowids are to be printed, "" where they are not, or are a column's values anyway."""
        table = self._shell.connection.engine.catalog.main.table(name)
        if not self._rowids or table is None or table.without_rowid or table.rowid_alias >= 0:
            return ""
        taken = {column.lower() for column in columns}
        return next((word for word in _ROWIDS if word not in taken), "")


@command(
    "recover",
    "?OPTIONS?",
    help="Recover as much data as possible from corrupt db.",
    more="""
--ignore-freelist        Ignore pages that appear to be on db freelist
--lost-and-found TABLE   Alternative name for the lost-and-found table
--no-rowids              Do not attempt to recover rowid values
                         that are not also INTEGER PRIMARY KEYs
""",
)
def recover(shell: Shell, arguments: list[str]) -> None:
    """Print SQL that makes what is left of the database; what its file does not have yet is not in it."""
    lost, free, rowids = "lost_and_found", False, True
    words = list(arguments)
    while words:
        word = words.pop(0)
        option = word.lstrip("-") if word.startswith("-") else ""
        if option == "ignore-freelist":
            free = True
        elif option == "no-rowids":
            rowids = False
        elif option == "lost-and-found" and words:
            lost = words.pop(0)
        else:
            raise Usage(f"unexpected option: {word}")
    vfs, path = _file_of(shell)
    recovery = late.recovery.Recovery(vfs, path, late.recovery.RecoveryChoices(lost, free, rowids))
    try:
        for piece in recovery.script():
            shell.write(piece)
    finally:
        recovery.close()
    if not recovery.report.whole:
        shell.out.flush()
        report(late.recovery_report.report_text(recovery.report).rstrip("\n"))


def _file_of(shell: Shell) -> tuple[VFS, str]:
    """The file of the database; one in memory, with the same bytes, for a database in memory."""
    pager = shell.connection.engine.attached.database(0).pager
    if pager.path and pager.vfs.exists(pager.path):
        return pager.vfs, str(pager.path)
    vfs = MemoryVFS()
    name = "database in memory"
    file = vfs.open(vfs.full_path(name), create=True)
    file.write(0, shell.connection.serialize())
    return vfs, name
