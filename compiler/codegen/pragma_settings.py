"""PRAGMAs that show and change settings of the connection, or fields of the file's header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder, load
from foundrydb.compiler.codegen.pragma_base import Pragma, PragmaCall, boolean_of, integer_of
from foundrydb.storage.header import (
    META_APPLICATION_ID,
    META_FREE_COUNT,
    META_SCHEMA_COOKIE,
    META_USER_VERSION,
)
from foundrydb.storage.values import ENCODING_NAMES
from foundrydb.vm.ops.control import ResultRow
from foundrydb.vm.ops.transactions import (
    JournalMode,
    Pagecount,
    ReadCookie,
    ReadSetting,
    SetCookie,
    WriteSetting,
)

if TYPE_CHECKING:
    from foundrydb.storage.values import Value
    from foundrydb.vm.host import Host


def show(coder: Coder, register: int) -> None:
    """Emit a row of one value."""
    coder.emit(ResultRow(register, 1))


@final
class Number(Pragma):
    """An integer setting.

    setting: its name; echoes: setting it shows it, too; fixed: it can be read only.
    """

    def __init__(
        self,
        name: str,
        doc: str,
        echoes: bool = False,
        fixed: bool = False,
        setting: str = "",
        column: str = "",
    ) -> None:
        super().__init__(name, (column or name,), doc)
        self.setting: Final = setting or name
        self.echoes: Final = echoes
        self.fixed: Final = fixed

    def readable(self) -> bool:
        return True

    def read(self, host: Host, db: int) -> Value:
        return host.read_setting(db, self.setting)

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None or self.echoes or self.fixed

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is not None and not self.fixed:
            coder.emit(load(integer_of(call.argument), register))
            coder.emit(WriteSetting(call.schema.number, self.setting, register))
        if self.returns(call):
            coder.emit(ReadSetting(call.schema.number, self.setting, register))
            show(coder, register)


@final
class Switch(Pragma):
    """A setting that is on or off.

    default: what it is when nobody changed it.  refused: turning it away from the default is not supported.
    """

    def __init__(self, name: str, doc: str, default: bool = False, refused: bool = False) -> None:
        super().__init__(name, (name,), doc)
        self.default: Final = default
        self.refused: Final = refused

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is None:
            held = coder.settings.values.get(self.name, int(self.default))
            coder.emit(load(held, register))
            show(coder, register)
            return
        value = boolean_of(call.argument)
        if value != self.default and self.refused:
            raise errors.not_supported(f"PRAGMA {self.name} = {call.argument}")
        coder.emit(load(int(value), register))
        coder.emit(WriteSetting(call.schema.number, self.name, register))


@final
class HeaderField(Pragma):
    """A field of the file's header."""

    def __init__(self, name: str, field: int, fixed: bool, doc: str) -> None:
        super().__init__(name, (name,), doc)
        self.field: Final = field
        self.fixed: Final = fixed

    def readable(self) -> bool:
        return True

    def read(self, host: Host, db: int) -> Value:
        database = host.database(db)
        database.backlog.settle()
        return database.get_meta(self.field)

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
class Constant(Pragma):
    """A setting with one value only; other values are ignored, as SQLite ignores what it cannot do."""

    def __init__(self, name: str, value: int | str, doc: str, silent: bool = False) -> None:
        super().__init__(name, (name,), doc)
        self.value: Final = value
        self.silent: Final = silent

    def readable(self) -> bool:
        return True

    def read(self, host: Host, db: int) -> Value:
        return self.value

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None or not self.silent

    def code(self, coder: Coder, call: PragmaCall) -> None:
        if self.returns(call):
            register = coder.register()
            coder.emit(load(self.value, register))
            show(coder, register)


@final
class Nothing(Pragma):
    """A PRAGMA without effect here."""

    def returns(self, call: PragmaCall) -> bool:
        return False

    def code(self, coder: Coder, call: PragmaCall) -> None:
        pass


@final
class JournalModePragma(Pragma):
    """journal_mode: shows the mode that there is after the change; a mode that cannot be changes nothing."""

    def readable(self) -> bool:
        return True

    def read(self, host: Host, db: int) -> Value:
        return host.journal_mode(db, "")

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

    def readable(self) -> bool:
        return True

    def read(self, host: Host, db: int) -> Value:
        return host.read_setting(db, self.name)

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is None:
            coder.emit(ReadSetting(call.schema.number, self.name, register))
            show(coder, register)
            return
        words = {
            "off": 0,
            "no": 0,
            "false": 0,
            "normal": 1,
            "on": 1,
            "yes": 1,
            "true": 1,
            "full": 2,
            "extra": 3,
        }
        word = call.argument.lower()
        level = words[word] if word in words else integer_of(word) & 3
        coder.emit(load(level, register))
        coder.emit(WriteSetting(call.schema.number, self.name, register))


@final
class Encoding(Pragma):
    """encoding: can be chosen while the database is empty."""

    def readable(self) -> bool:
        return True

    def read(self, host: Host, db: int) -> Value:
        return ENCODING_NAMES[host.encoding]

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
        if number == 0:
            raise errors.error(f"unsupported encoding: {call.argument}")
        coder.emit(load(number, register))
        coder.emit(WriteSetting(0, self.name, register))


@final
class PageCount(Pragma):
    """page_count."""

    def readable(self) -> bool:
        return True

    def read(self, host: Host, db: int) -> Value:
        return host.database(db).page_count()

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        coder.any_schema()
        coder.use(call.schema.number)
        coder.emit(Pagecount(call.schema.number, register))
        show(coder, register)


@final
class AutoVacuum(Pragma):
    """auto_vacuum: 0 none, 1 full, 2 incremental; the mode of a file is chosen before its first table."""

    def readable(self) -> bool:
        return True

    def read(self, host: Host, db: int) -> Value:
        return host.read_setting(db, self.name)

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
        if mode in (0, 1, 2):
            register = coder.register()
            coder.emit(load(mode, register))
            coder.emit(WriteSetting(call.schema.number, self.name, register))


@final
class TempStore(Pragma):
    """temp_store: where temporary data is kept; a hint."""

    def readable(self) -> bool:
        return True

    def read(self, host: Host, db: int) -> Value:
        return host.read_setting(db, self.name)

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is None:
            coder.emit(ReadSetting(call.schema.number, self.name, register))
            show(coder, register)
            return
        words = {"default": 0, "file": 1, "memory": 2}
        word = call.argument.lower()
        coder.emit(load(words[word] if word in words else integer_of(word), register))
        coder.emit(WriteSetting(call.schema.number, self.name, register))


@final
class CaseSensitiveLike(Pragma):
    """case_sensitive_like: only off, the default, is supported."""

    def returns(self, call: PragmaCall) -> bool:
        return False

    def code(self, coder: Coder, call: PragmaCall) -> None:
        if call.argument is not None and boolean_of(call.argument):
            raise errors.not_supported("PRAGMA case_sensitive_like = on")


@final
class WalCheckpoint(Pragma):
    """wal_checkpoint: there is no write-ahead log to copy."""

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
            if schema.name == "temp" and not schema.tables and not schema.views:
                continue
            coder.emit(load(schema.number, first))
            coder.emit(load(schema.name, first + 1))
            coder.emit(ReadSetting(schema.number, "file", first + 2))
            coder.emit(ResultRow(first, 3))


SETTINGS: Final[list[Pragma]] = [
    DatabaseList("database_list", ("seq", "name", "file"), "The databases of the connection."),
    Number("busy_timeout", "Milliseconds to wait for a lock.", echoes=True, column="timeout"),
    Number("cache_size", "Pages (or, negative, KiB) that the page cache may hold."),
    Number("page_size", "Bytes of a page; can be changed while the file is empty."),
    Number("max_page_count", "The largest number of pages that the file may grow to.", echoes=True),
    Number("data_version", "Changes when another connection has changed the file.", fixed=True),
    Number("threads", "How many helper threads sorting may use: none are used.", echoes=True),
    Number("soft_heap_limit", "A hint about memory.", echoes=True),
    Number("hard_heap_limit", "A hint about memory.", echoes=True),
    Number("analysis_limit", "How many rows of an index ANALYZE looks at; 0 for all.", echoes=True),
    Number("mmap_size", "Bytes of the file mapped to memory: none are.", fixed=True),
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
    Switch("secure_delete", "Whether deleted content is overwritten.", refused=True),
    Switch("cell_size_check", "Whether pages are checked more closely when they are read."),
    Switch("checkpoint_fullfsync", "Whether checkpoints sync more strongly (macOS)."),
    Switch("fullfsync", "Whether commits sync more strongly (macOS)."),
    Switch("legacy_alter_table", "Whether ALTER TABLE RENAME leaves references alone."),
    Switch("trusted_schema", "Whether the schema may call any function.", default=True, refused=True),
    Switch("writable_schema", "Whether sqlite_schema may be written.", refused=True),
    Switch("count_changes", "Whether INSERT, UPDATE and DELETE give a row with their count.", refused=True),
    Switch("full_column_names", "Whether result columns are called table.column.", refused=True),
    Switch("short_column_names", "Whether result columns are called by the column only.", True, True),
    Switch("empty_result_callbacks", "A switch of an old interface.", refused=True),
    Switch("reverse_unordered_selects", "Whether unordered rows come backwards.", refused=True),
    JournalModePragma("journal_mode", ("journal_mode",), "What becomes of the rollback journal."),
    Synchronous("synchronous", ("synchronous",), "How carefully commits are synced."),
    Encoding("encoding", ("encoding",), "The text encoding of the file."),
    PageCount("page_count", ("page_count",), "The number of pages of the file."),
    AutoVacuum("auto_vacuum", ("auto_vacuum",), "Whether unused pages are given back at once."),
    TempStore("temp_store", ("temp_store",), "Where temporary tables are kept."),
    CaseSensitiveLike("case_sensitive_like", (), "Whether LIKE tells capitals from small letters."),
    WalCheckpoint("wal_checkpoint", ("busy", "log", "checkpointed"), "Copies the write-ahead log back."),
    Constant("journal_size_limit", -1, "Bytes to which a kept journal is cut: it is not."),
    Constant("wal_autocheckpoint", 1000, "Pages after which a write-ahead log is copied back."),
    Constant("locking_mode", "normal", "Whether locks are kept between transactions: they are not."),
    Constant("default_cache_size", 0, "A setting of an old interface.", silent=True),
    Nothing("shrink_memory", (), "Gives memory back."),
    Nothing("optimize", (), "Analyzes what seems to need it."),
    Nothing("incremental_vacuum", (), "Gives unused pages back."),
]
