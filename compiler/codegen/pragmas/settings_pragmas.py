"""PRAGMAs that show and change settings of the connection, or fields of the file's header."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder, load
from foundrydb.compiler.codegen.pragmas.declaration import (
    Pragma,
    PragmaCall,
    boolean_of,
    integer_of,
    leading_integer,
    whole_integer,
)
from foundrydb.storage.format.header import (
    META_APPLICATION_ID,
    META_FREE_COUNT,
    META_SCHEMA_COOKIE,
    META_USER_VERSION,
)
from foundrydb.storage.format.values import ENCODING_NAMES
from foundrydb.vm.ops.control import IfNot, IsNull, ResultRow
from foundrydb.vm.ops.transactions import (
    IncrVacuum,
    JournalMode,
    Pagecount,
    ReadCookie,
    ReadSetting,
    SetCookie,
    WriteSetting,
)


def show(coder: Coder, register: int) -> None:
    """Emit a row of one value."""
    coder.emit(ResultRow(register, 1))


@final
class Number(Pragma):
    """An integer setting.

    Attributes:
        setting: its name.
        echoes: setting it shows it, too.
        fixed: it can be read only.
        of_schema: each database has its own.
        parse: what it makes of its argument; None leaves the setting as it is.
        least: smaller values leave it as it is, too.
    """

    def __init__(
        self,
        name: str,
        doc: str,
        echoes: bool = False,
        fixed: bool = False,
        setting: str = "",
        column: str = "",
        of_schema: bool = False,
        parse: Callable[[str], int | None] = integer_of,
        least: int = -(2**63),
    ) -> None:
        super().__init__(name, (column or name,), doc)
        self.setting: Final = setting or name
        self.echoes: Final = echoes
        self.fixed: Final = fixed
        self.of_schema: Final = of_schema
        self.parse: Final = parse
        self.least: Final = least

    def arguments(self) -> list[str] | None:
        return ["schema"] if self.of_schema else []

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None or self.echoes or self.fixed

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        chosen = None if call.argument is None or self.fixed else self.parse(call.argument)
        if chosen is not None and chosen >= self.least:
            coder.emit(load(chosen, register))
            for number in (
                databases_of(coder, call) if self.of_schema and self.echoes else [call.schema.number]
            ):
                coder.emit(WriteSetting(number, self.setting, register))
        if self.returns(call):
            coder.emit(ReadSetting(call.schema.number, self.setting, register))
            show(coder, register)


def databases_of(coder: Coder, call: PragmaCall) -> list[int]:
    """The databases that a PRAGMA is about: all where it names none."""
    if call.qualified:
        return [call.schema.number]
    return [schema.number for schema in coder.catalog.schemas if schema.name != "temp"]


@final
class Switch(Pragma):
    """A setting that is on or off.  default: what it is when nobody changed it."""

    def __init__(self, name: str, doc: str, default: bool = False) -> None:
        super().__init__(name, (name,), doc)
        self.default: Final = default

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is None:
            held = coder.settings.values.get(self.name, int(self.default))
            coder.emit(load(held, register))
            show(coder, register)
            return
        coder.emit(load(int(boolean_of(call.argument)), register))
        coder.emit(WriteSetting(call.schema.number, self.name, register))


@final
class SecureDelete(Pragma):
    """secure_delete: 0 no, 1 always, 2 where it costs no more writing; it is kept in mind, not done yet."""

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is not None:
            level = 2 if call.argument.lower() == "fast" else int(boolean_of(call.argument))
            coder.emit(load(level, register))
            coder.emit(WriteSetting(call.schema.number, self.name, register))
        coder.emit(ReadSetting(call.schema.number, self.name, register))
        show(coder, register)


@final
class CacheSpill(Pragma):
    """cache_spill: whether, and from how many pages on, changed pages leave the cache before the commit; a hint."""

    def arguments(self) -> list[str] | None:
        return ["schema"]

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is None:
            coder.emit(ReadSetting(call.schema.number, self.name, register))
            show(coder, register)
            return
        off = call.argument.lower() in ("off", "no", "false")
        coder.emit(load(0 if off else leading_integer(call.argument), register))
        coder.emit(WriteSetting(call.schema.number, self.name, register))


@final
class LockingMode(Pragma):
    """locking_mode: whether locks are kept between transactions."""

    def arguments(self) -> list[str] | None:
        return ["schema"]

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        mode = "" if call.argument is None else call.argument.lower()
        if mode in ("normal", "exclusive"):
            coder.emit(load(mode, register))
            for number in databases_of(coder, call):
                coder.emit(WriteSetting(number, self.name, register))
        coder.emit(ReadSetting(call.schema.number, self.name, register))
        show(coder, register)


@final
class HeaderField(Pragma):
    """A field of the file's header."""

    def __init__(self, name: str, field: int, fixed: bool, doc: str) -> None:
        super().__init__(name, (name,), doc)
        self.field: Final = field
        self.fixed: Final = fixed

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None or self.fixed

    def code(self, coder: Coder, call: PragmaCall) -> None:
        coder.any_schema()
        if call.argument is None or self.fixed:
            coder.use(call.schema.number)
            register = coder.register()
            coder.emit(ReadCookie(call.schema.number, register, self.field))
            show(coder, register)
        else:
            coder.use(call.schema.number, True)
            coder.emit(SetCookie(call.schema.number, self.field, integer_of(call.argument)))


@final
class Nothing(Pragma):
    """A PRAGMA without effect here."""

    def arguments(self) -> list[str] | None:
        return None

    def returns(self, call: PragmaCall) -> bool:
        return False

    def code(self, coder: Coder, call: PragmaCall) -> None:
        pass


@final
class JournalModePragma(Pragma):
    """journal_mode: shows the mode that there is after the change; a mode that cannot be changes nothing."""

    def arguments(self) -> list[str] | None:
        return ["schema"]

    def code(self, coder: Coder, call: PragmaCall) -> None:
        mode = "" if call.argument is None else call.argument.lower()
        if mode not in ("delete", "truncate", "persist", "memory", "off"):
            mode = ""
        register = coder.register()
        coder.any_schema()
        coder.use(call.schema.number)
        numbers = [call.schema.number]
        if mode and not call.qualified:
            numbers = [schema.number for schema in coder.catalog.schemas if schema.name != "temp"]
            numbers.reverse()
        for number in numbers:
            coder.emit(JournalMode(number, register, mode))
        show(coder, register)


@final
class Synchronous(Pragma):
    """synchronous: OFF, NORMAL, FULL or EXTRA."""

    def arguments(self) -> list[str] | None:
        return ["schema"]

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is None:
            coder.emit(ReadSetting(call.schema.number, self.name, register))
            show(coder, register)
            return
        word = call.argument.lower()
        words = {"off": 0, "no": 0, "false": 0, "on": 1, "yes": 1, "true": 1, "full": 2, "extra": 3}
        level = integer_of(word) & 7 if word[:1].isdecimal() else words.get(word, 1)
        level = max(((level + 1) & 7) - 1, 0)
        coder.emit(load(level, register))
        coder.emit(WriteSetting(call.schema.number, self.name, register))


@final
class Encoding(Pragma):
    """encoding: can be chosen while the database is empty."""

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is None:
            coder.emit(load(ENCODING_NAMES[coder.settings.encoding], register))
            show(coder, register)
            return
        names = {"utf8": 1, "utf-8": 1, "utf-16le": 2, "utf16le": 2, "utf-16be": 3, "utf16be": 3}
        names["utf-16"] = names["utf16"] = 2
        number = names.get(call.argument.lower(), 0)
        if number == 0 and coder.catalog.main.cookie > 0:
            return  # it is fixed, and SQLite does not look at the name any more
        if number == 0:
            raise errors.error(f"unsupported encoding: {call.argument}")
        coder.emit(load(number, register))
        coder.emit(WriteSetting(0, self.name, register))


@final
class PageCount(Pragma):
    """page_count."""

    def arguments(self) -> list[str] | None:
        return ["schema"]

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        coder.any_schema()
        coder.use(call.schema.number)
        coder.emit(Pagecount(call.schema.number, register))
        show(coder, register)


@final
class AutoVacuum(Pragma):
    """auto_vacuum: 0 none, 1 full, 2 incremental; the mode of a file is chosen before its first table."""

    def arguments(self) -> list[str] | None:
        return ["schema"]

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        if call.argument is not None:
            self._choose(coder, call)
            return
        coder.any_schema()
        coder.use(call.schema.number)
        mode = coder.register()
        coder.emit(ReadSetting(call.schema.number, self.name, mode))
        show(coder, mode)

    def _choose(self, coder: Coder, call: PragmaCall) -> None:
        assert call.argument is not None
        words = {"none": 0, "full": 1, "incremental": 2}
        word = call.argument.lower()
        mode = words[word] if word in words else integer_of(word)
        register = coder.register()
        coder.emit(load(mode if mode in (0, 1, 2) else 0, register))
        coder.emit(WriteSetting(call.schema.number, self.name, register))


@final
class TempStore(Pragma):
    """temp_store: where temporary data is kept; a hint."""

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is None:
            coder.emit(ReadSetting(call.schema.number, self.name, register))
            show(coder, register)
            return
        words = {"file": 1, "memory": 2}
        word = call.argument.lower()
        number = words.get(word, 0)
        if word[:1] in ("0", "1", "2"):
            number = int(word[:1])
        coder.emit(load(number, register))
        coder.emit(WriteSetting(call.schema.number, self.name, register))


@final
class CaseSensitiveLike(Pragma):
    """case_sensitive_like: what LIKE thinks of capitals; it puts SQLite's own LIKE in the place of a user's, too."""

    def arguments(self) -> list[str] | None:
        return None

    def returns(self, call: PragmaCall) -> bool:
        return False

    def code(self, coder: Coder, call: PragmaCall) -> None:
        if call.argument is not None:
            register = coder.register()
            coder.emit(load(int(boolean_of(call.argument)), register))
            coder.emit(WriteSetting(call.schema.number, self.name, register))


@final
class WalCheckpoint(Pragma):
    """wal_checkpoint: there is no write-ahead log to copy."""

    def arguments(self) -> list[str] | None:
        return None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        first = coder.registers(3)
        for i, value in enumerate((0, -1, -1)):
            coder.emit(load(value, first + i))
        coder.emit(ResultRow(first, 3))


@final
class DatabaseList(Pragma):
    """database_list: the files are known when the statement runs."""

    def code(self, coder: Coder, call: PragmaCall) -> None:
        first = coder.registers(3)
        for schema in coder.catalog.schemas:
            closed = coder.label()
            coder.emit(ReadSetting(schema.number, "open", first))
            coder.emit(IfNot(first, closed))
            coder.emit(load(schema.number, first))
            coder.emit(load(schema.name, first + 1))
            coder.emit(ReadSetting(schema.number, "file", first + 2))
            coder.emit(ResultRow(first, 3))
            coder.place(closed)


@final
class MaxPageCount(Pragma):
    """max_page_count: a number below 1 leaves it, and what the file has already is the least."""

    def arguments(self) -> list[str] | None:
        return ["schema"]

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is not None:
            coder.emit(load(abs(integer_of(call.argument)), register))
            coder.emit(WriteSetting(call.schema.number, self.name, register))
        coder.emit(ReadSetting(call.schema.number, self.name, register))
        show(coder, register)


@final
class IncrementalVacuum(Pragma):
    """incremental_vacuum: gives free pages back, as many as it says, all where that is no number above 0."""

    def arguments(self) -> list[str] | None:
        return None

    def returns(self, call: PragmaCall) -> bool:
        return False

    def code(self, coder: Coder, call: PragmaCall) -> None:
        pages = 0 if call.argument is None else leading_integer(call.argument) or 0
        coder.any_schema()
        coder.use(call.schema.number, True)
        coder.builder.statement_journal = True
        coder.emit(IncrVacuum(call.schema.number, pages if pages > 0 else -1))


@final
class MmapSize(Pragma):
    """mmap_size: what may be mapped of a file; a database in memory shows nothing."""

    def arguments(self) -> list[str] | None:
        return None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is not None:
            whole = whole_integer(call.argument)
            size = integer_of(call.argument) if whole is None else whole
            coder.emit(load(max(size, 0), register))
            coder.emit(WriteSetting(call.schema.number, self.name, register))
        end = coder.label()
        coder.emit(ReadSetting(call.schema.number, self.name, register))
        coder.emit(IsNull(register, end))
        show(coder, register)
        coder.place(end)


@final
class WalAutocheckpoint(Pragma):
    """wal_autocheckpoint: 0, and what is below, turns it off."""

    def arguments(self) -> list[str] | None:
        return None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is not None:
            coder.emit(load(max(integer_of(call.argument), 0), register))
            coder.emit(WriteSetting(call.schema.number, self.name, register))
        coder.emit(ReadSetting(call.schema.number, self.name, register))
        show(coder, register)


SETTINGS: Final[list[Pragma]] = [
    DatabaseList("database_list", ("seq", "name", "file"), "The databases of the connection."),
    Number(
        "busy_timeout",
        "Milliseconds to wait for a lock.",
        echoes=True,
        column="timeout",
        parse=leading_integer,
    ),
    Number("cache_size", "Pages (or, negative, KiB) that the page cache may hold.", of_schema=True),
    Number("page_size", "Bytes of a page; can be changed while the file is empty.", of_schema=True),
    MaxPageCount(
        "max_page_count", ("max_page_count",), "The largest number of pages that the file may grow to."
    ),
    Number("data_version", "Changes when another connection has changed the file.", fixed=True),
    Number(
        "threads",
        "How many helper threads sorting may use: none are used.",
        echoes=True,
        parse=whole_integer,
        least=0,
    ),
    Number("soft_heap_limit", "A hint about memory.", echoes=True, parse=whole_integer, least=0),
    Number("hard_heap_limit", "A hint about memory.", echoes=True, parse=whole_integer, least=0),
    Number(
        "analysis_limit",
        "How many rows of an index ANALYZE looks at; 0 for all.",
        echoes=True,
        parse=whole_integer,
        least=0,
    ),
    MmapSize("mmap_size", ("mmap_size",), "Bytes of the file that may be mapped to memory: none are."),
    HeaderField("user_version", META_USER_VERSION, False, "A number for the application's own use."),
    HeaderField("application_id", META_APPLICATION_ID, False, "Which application the file belongs to."),
    HeaderField("schema_version", META_SCHEMA_COOKIE, False, "Counts the changes of the schema."),
    HeaderField("freelist_count", META_FREE_COUNT, True, "The number of unused pages."),
    Switch("foreign_keys", "Whether foreign keys are enforced."),
    Switch("query_only", "Whether the connection refuses to write."),
    Switch("ignore_check_constraints", "Whether CHECK constraints are left out."),
    Switch("automatic_index", "Whether joins may build indexes for themselves.", default=True),
    Switch("recursive_triggers", "Whether triggers may fire themselves."),
    Switch("defer_foreign_keys", "Whether foreign keys are checked at the end of a transaction."),
    Switch("read_uncommitted", "Whether uncommitted rows of a shared cache are seen."),
    SecureDelete(
        "secure_delete", ("secure_delete",), "Whether deleted content is to be overwritten: it is not yet."
    ),
    Switch("cell_size_check", "Whether pages are checked more closely when they are read."),
    Switch("checkpoint_fullfsync", "Whether checkpoints sync more strongly (macOS)."),
    Switch("fullfsync", "Whether commits sync more strongly (macOS)."),
    Switch("legacy_alter_table", "Whether ALTER TABLE RENAME leaves references alone."),
    Switch("trusted_schema", "Whether the schema may call any function.", default=True),
    Switch("writable_schema", "Whether names may begin with sqlite_; sqlite_schema may not be written yet."),
    Switch("count_changes", "Whether INSERT, UPDATE and DELETE give a row with their count."),
    Switch("full_column_names", "Whether result columns are called table.column."),
    Switch("short_column_names", "Whether result columns are called by the column only.", True),
    Switch("empty_result_callbacks", "A switch of an old interface."),
    Switch("reverse_unordered_selects", "Whether unordered rows come backwards."),
    JournalModePragma("journal_mode", ("journal_mode",), "What becomes of the rollback journal."),
    Synchronous("synchronous", ("synchronous",), "How carefully commits are synced."),
    Encoding("encoding", ("encoding",), "The text encoding of the file."),
    PageCount("page_count", ("page_count",), "The number of pages of the file."),
    AutoVacuum("auto_vacuum", ("auto_vacuum",), "Whether unused pages are given back at once."),
    TempStore("temp_store", ("temp_store",), "Where temporary tables are kept."),
    CaseSensitiveLike("case_sensitive_like", (), "Whether LIKE tells capitals from small letters."),
    WalCheckpoint("wal_checkpoint", ("busy", "log", "checkpointed"), "Copies the write-ahead log back."),
    CacheSpill(
        "cache_spill", ("cache_spill",), "Whether changed pages may leave the cache before the commit."
    ),
    LockingMode("locking_mode", ("locking_mode",), "Whether locks are kept between transactions."),
    Number(
        "journal_size_limit",
        "Bytes to which a kept journal may be cut: a hint.",
        echoes=True,
        of_schema=True,
        parse=integer_of,
    ),
    WalAutocheckpoint(
        "wal_autocheckpoint", ("wal_autocheckpoint",), "Pages after which a write-ahead log is copied back."
    ),
    Nothing("shrink_memory", (), "Gives memory back."),
    IncrementalVacuum("incremental_vacuum", (), "Gives unused pages back."),
]
