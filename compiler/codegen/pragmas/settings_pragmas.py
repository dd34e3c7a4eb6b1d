"""PRAGMAs that show and change settings of the connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.codegen.coder import Coder, load
from foundrydb.compiler.codegen.pragmas.declaration import (
    Pragma,
    PragmaCall,
    boolean_of,
    integer_of,
    leading_integer,
    schemas_of,
    show,
    whole_integer,
)
from foundrydb.compiler.codegen.pragmas.file_pragmas import (
    DatabaseList,
    Encoding,
    HeaderField,
    IgnoredPragma,
    IncrementalVacuum,
    JournalModePragma,
    PageCount,
    WalCheckpoint,
)
from foundrydb.storage.format.header import (
    META_APPLICATION_ID,
    META_FREE_COUNT,
    META_INCREMENTAL_VACUUM,
    META_SCHEMA_COOKIE,
    META_USER_VERSION,
)
from foundrydb.vm.ops.control import IfNot, IsNull
from foundrydb.vm.ops.transactions import ParseSchema, ReadSetting, SetCookie, Transaction, WriteSetting

if TYPE_CHECKING:
    from foundrydb.storage.format.values import Value


DEFAULT_LOCKING_MODE: Final = "default_locking_mode"
"""The setting of the connection that ``PRAGMA locking_mode`` without a database is about."""


class Setting(Pragma):
    """A setting: without an argument it is shown; with one it is set, and shown then if it ``echoes``.

    Attributes:
        parse: what it makes of its argument; None leaves the setting as it is.
        echoes: setting it shows it, too.
        of_schema: each database has its own, and the table-valued function takes its name.
        everywhere: where no database is named, that of all is set.
        as_table: there is a table-valued function.
    """

    def __init__(
        self,
        name: str,
        doc: str,
        parse: Callable[[str], Value] = integer_of,
        echoes: bool = False,
        of_schema: bool = False,
        everywhere: bool = False,
        as_table: bool = True,
        columns: tuple[str, ...] | None = None,
        reads_schema: bool = True,
    ) -> None:
        super().__init__(name, (name,) if columns is None else columns, doc)
        self.reads_schema = reads_schema
        self.parse: Final = parse
        self.echoes: Final = echoes
        self.of_schema: Final = of_schema
        self.everywhere: Final = everywhere
        self.as_table: Final = as_table

    def arguments(self) -> list[str] | None:
        if not self.as_table:
            return None
        return ["schema"] if self.of_schema else []

    def returns(self, call: PragmaCall) -> bool:
        return call.argument is None or self.echoes

    def code(self, coder: Coder, call: PragmaCall) -> None:
        register = coder.register()
        if call.argument is not None and self.choose(coder, call.argument, register):
            for schema in schemas_of(coder.catalog, call) if self.everywhere else [call.schema]:
                coder.emit(WriteSetting(schema.number, self.name, register))
        if self.returns(call):
            self.show(coder, call, register)

    def choose(self, coder: Coder, argument: str, register: int) -> bool:
        """Load what is to be set; False where the setting is left as it is."""
        chosen = self.parse(argument)
        if chosen is not None:
            coder.emit(load(chosen, register))
        return chosen is not None

    def show(self, coder: Coder, call: PragmaCall, register: int) -> None:
        """Emit the row that shows it."""
        coder.emit(ReadSetting(call.schema.number, self.name, register))
        show(coder, register)


class SwitchPragma(Setting):
    """A setting that is on or off.  default: what it is when nobody changed it."""

    def __init__(self, name: str, doc: str, default: bool = False) -> None:
        super().__init__(name, doc, boolean_number)
        self.default: Final = default

    def show(self, coder: Coder, call: PragmaCall, register: int) -> None:
        held = coder.settings.values.get(self.name, int(self.default))
        coder.emit(load(held, register))
        show(coder, register)


@final
class WritableSchema(SwitchPragma):
    """writable_schema: RESET turns it off, and has what was written to sqlite_schema count at once."""

    def code(self, coder: Coder, call: PragmaCall) -> None:
        super().code(coder, call)
        if call.argument is not None and call.argument.lower() == "reset":
            for schema in coder.catalog.present():
                coder.use(schema.number)
                coder.emit(ParseSchema(schema.number))


@final
class LockingMode(Setting):
    """locking_mode: where no database is named it is that of all, and of those that are attached later."""

    def code(self, coder: Coder, call: PragmaCall) -> None:
        super().code(coder, call)
        if call.argument is not None and not call.qualified:
            register = coder.register()
            if self.choose(coder, call.argument, register):
                coder.emit(WriteSetting(call.schema.number, DEFAULT_LOCKING_MODE, register))

    def show(self, coder: Coder, call: PragmaCall, register: int) -> None:
        asked = not call.qualified and (call.argument is None or self.parse(call.argument) is None)
        coder.emit(ReadSetting(call.schema.number, DEFAULT_LOCKING_MODE if asked else self.name, register))
        show(coder, register)


@final
class CacheSpill(Setting):
    """cache_spill: what is no number turns it on, without a number of pages."""

    def choose(self, coder: Coder, argument: str, register: int) -> bool:
        off = argument.lower() in ("off", "no", "false")
        coder.emit(load(0 if off else leading_integer(argument), register))
        return True


@final
class AutoVacuum(Setting):
    """auto_vacuum: the mode of a file is chosen before its first table, or by VACUUM, and read from it.

    Between full and incremental it changes at once.
    """

    def code(self, coder: Coder, call: PragmaCall) -> None:
        super().code(coder, call)
        mode = 0 if call.argument is None else vacuum_mode(call.argument)
        if mode == 0:
            return
        number = call.schema.number
        none = coder.label()
        register = coder.register()
        coder.use(number)
        coder.emit(ReadSetting(number, self.name, register))
        coder.emit(IfNot(register, none))
        coder.emit(Transaction(number, 1, -1))
        coder.emit(SetCookie(number, META_INCREMENTAL_VACUUM, mode - 1))
        coder.place(none)


@final
class MaybeNothing(Setting):
    """A setting that shows nothing where it has no value: mmap_size has none for a database in memory."""

    def show(self, coder: Coder, call: PragmaCall, register: int) -> None:
        end = coder.label()
        coder.emit(ReadSetting(call.schema.number, self.name, register))
        coder.emit(IsNull(register, end))
        show(coder, register)
        coder.place(end)


@final
class CaseSensitiveLike(Setting):
    """case_sensitive_like: nobody is told what it is; it puts SQLite's own LIKE in the place of a user's, too."""

    def __init__(self, name: str, doc: str) -> None:
        super().__init__(name, doc, boolean_number, as_table=False, columns=())

    def returns(self, call: PragmaCall) -> bool:
        return False


# -- what settings make of their arguments --------------------------------------------------------------------------


def boolean_number(text: str) -> int:
    """1 for on, 0 for off."""
    return int(boolean_of(text))


def never(text: str) -> None:
    """What cannot be set."""


def not_negative(text: str) -> int | None:
    """An integer from 0 on; no other changes anything."""
    number = whole_integer(text)
    return None if number is None or number < 0 else number


def at_least_zero(text: str) -> int:
    """An integer; 0 for what is below."""
    return max(integer_of(text), 0)


def low_bits(text: str) -> int | None:
    """An integer from 0 on, of which the lowest 31 bits count; no other changes anything."""
    number = not_negative(text)
    return None if number is None else number & 0x7FFFFFFF


def number_of_pages(text: str) -> int | None:
    """An integer from 1 on, at most the most pages that a file can have; no other changes anything."""
    number = whole_integer(text)
    return None if number is None or number < 1 else min(number, 0xFFFFFFFE)


def size_or_none(text: str) -> int:
    """An integer of 64 bits; -1 for what is below."""
    whole = whole_integer(text)
    return max(integer_of(text) if whole is None else whole, -1)


def size_in_bytes(text: str) -> int:
    """An integer of 64 bits; 0 for what is below."""
    return max(size_or_none(text), 0)


def deletion(text: str) -> int:
    """0 no, 1 always, 2 where it costs no more writing."""
    return 2 if text.lower() == "fast" else boolean_number(text)


def locking_mode(text: str) -> str | None:
    """Whether locks are kept."""
    mode = text.lower()
    return mode if mode in ("normal", "exclusive") else None


def synchronous_level(text: str) -> int:
    """OFF, NORMAL, FULL or EXTRA, by a number (up to 6) or a word; other words are NORMAL."""
    word = text.lower()
    words = {"off": 0, "no": 0, "false": 0, "on": 1, "yes": 1, "true": 1, "full": 2, "extra": 3}
    level = integer_of(word) & 7 if word[:1].isdecimal() else words.get(word, 1)
    return max(((level + 1) & 7) - 1, 0)


def vacuum_mode(text: str) -> int:
    """0 none, 1 full, 2 incremental."""
    words = {"none": 0, "full": 1, "incremental": 2}
    word = text.lower()
    mode = words[word] if word in words else integer_of(word)
    return mode if mode in (0, 1, 2) else 0


def temporary_store(text: str) -> int:
    """0 as it was built, 1 files, 2 memory."""
    word = text.lower()
    if word[:1] in ("0", "1", "2"):
        return int(word[:1])
    return {"file": 1, "memory": 2}.get(word, 0)


SETTINGS: Final[list[Pragma]] = [
    DatabaseList("database_list", ("seq", "name", "file"), "The databases of the connection."),
    Setting(
        "busy_timeout",
        "Milliseconds to wait for a lock.",
        leading_integer,
        echoes=True,
        columns=("timeout",),
        reads_schema=False,
    ),
    Setting("cache_size", "Pages (or, negative, KiB) that the page cache may hold.", of_schema=True),
    Setting("page_size", "Bytes of a page; can be changed while the file is empty.", of_schema=True),
    Setting(
        "max_page_count",
        "The largest number of pages that the file may grow to.",
        number_of_pages,
        echoes=True,
        of_schema=True,
    ),
    Setting("data_version", "Changes when another connection has changed the file.", never, echoes=True),
    Setting("threads", "How many helper threads sorting may use: none are used.", not_negative, echoes=True),
    Setting("soft_heap_limit", "A hint about memory.", not_negative, echoes=True),
    Setting("hard_heap_limit", "A hint about memory.", not_negative, echoes=True),
    Setting(
        "analysis_limit", "How many rows of an index ANALYZE looks at; 0 for all.", low_bits, echoes=True
    ),
    MaybeNothing(
        "mmap_size",
        "Bytes of the file that may be mapped to memory: none are.",
        size_in_bytes,
        echoes=True,
        as_table=False,
    ),
    MaybeNothing(
        "temp_store_directory", "The folder for temporary files.", str, as_table=False, reads_schema=False
    ),
    HeaderField("user_version", META_USER_VERSION, False, "A number for the application's own use."),
    HeaderField("application_id", META_APPLICATION_ID, False, "Which application the file belongs to."),
    HeaderField("schema_version", META_SCHEMA_COOKIE, False, "Counts the changes of the schema."),
    HeaderField("freelist_count", META_FREE_COUNT, True, "The number of unused pages."),
    SwitchPragma("foreign_keys", "Whether foreign keys are enforced."),
    SwitchPragma("query_only", "Whether the connection refuses to write."),
    SwitchPragma("ignore_check_constraints", "Whether CHECK constraints are left out."),
    SwitchPragma("automatic_index", "Whether joins may build indexes for themselves.", default=True),
    SwitchPragma("recursive_triggers", "Whether triggers may fire themselves."),
    Setting(
        "defer_foreign_keys", "Whether foreign keys are checked at the end of a transaction.", boolean_number
    ),
    SwitchPragma("read_uncommitted", "Whether uncommitted rows of a shared cache are seen."),
    Setting(
        "secure_delete",
        "Whether deleted content is overwritten.",
        deletion,
        echoes=True,
        everywhere=True,
    ),
    SwitchPragma("cell_size_check", "Whether pages are checked more closely when they are read."),
    SwitchPragma("checkpoint_fullfsync", "Whether checkpoints sync more strongly (macOS)."),
    SwitchPragma("fullfsync", "Whether commits sync more strongly (macOS)."),
    SwitchPragma("legacy_alter_table", "Whether ALTER TABLE RENAME leaves references alone."),
    SwitchPragma("trusted_schema", "Whether the schema may call any function.", default=True),
    WritableSchema(
        "writable_schema", "Whether sqlite_schema may be written, and names may begin with sqlite_."
    ),
    SwitchPragma("count_changes", "Whether INSERT, UPDATE and DELETE give a row with their count."),
    SwitchPragma("full_column_names", "Whether result columns are called table.column."),
    SwitchPragma("short_column_names", "Whether result columns are called by the column only.", True),
    SwitchPragma("empty_result_callbacks", "A switch of an old interface."),
    SwitchPragma("reverse_unordered_selects", "Whether unordered rows come backwards."),
    JournalModePragma("journal_mode", ("journal_mode",), "What becomes of the rollback journal."),
    Setting("synchronous", "How carefully commits are synced.", synchronous_level, of_schema=True),
    Encoding("encoding", ("encoding",), "The text encoding of the file."),
    PageCount("page_count", ("page_count",), "The number of pages of the file."),
    AutoVacuum("auto_vacuum", "Whether unused pages are given back at once.", vacuum_mode, of_schema=True),
    Setting("temp_store", "Where temporary tables are kept.", temporary_store, reads_schema=False),
    CaseSensitiveLike("case_sensitive_like", "Whether LIKE tells capitals from small letters."),
    WalCheckpoint("wal_checkpoint", ("busy", "log", "checkpointed"), "Copies the write-ahead log back."),
    CacheSpill("cache_spill", "Whether changed pages may leave the cache before the commit.", of_schema=True),
    LockingMode(
        "locking_mode",
        "Whether locks are kept between transactions.",
        locking_mode,
        echoes=True,
        of_schema=True,
        everywhere=True,
        reads_schema=False,
    ),
    Setting(
        "journal_size_limit",
        "Bytes to which a kept journal may be cut: a hint.",
        size_or_none,
        echoes=True,
        of_schema=True,
        everywhere=True,
        reads_schema=False,
    ),
    Setting(
        "wal_autocheckpoint",
        "Pages after which a write-ahead log is copied back.",
        at_least_zero,
        echoes=True,
        as_table=False,
        reads_schema=False,
    ),
    IgnoredPragma("shrink_memory", (), "Gives memory back."),
    IncrementalVacuum("incremental_vacuum", (), "Gives unused pages back."),
]
