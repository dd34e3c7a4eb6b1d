"""PRAGMAs about the database files themselves: fields of the header, the journal, the text encoding, sizes."""

from __future__ import annotations

from typing import Final, final

from foundrydb import errors
from foundrydb.compiler.codegen.coder import Coder, load
from foundrydb.compiler.codegen.pragmas.declaration import (
    Pragma,
    PragmaCall,
    integer_of,
    leading_integer,
    schemas_of,
    show,
)
from foundrydb.storage.format.values import ENCODING_NAMES
from foundrydb.vm.ops.control import IfNot, ResultRow
from foundrydb.vm.ops.logs import CHECKPOINT_MODES, JOURNAL_MODES, Checkpoint, JournalMode
from foundrydb.vm.ops.transactions import (
    IncrVacuum,
    Pagecount,
    ReadCookie,
    ReadSetting,
    SetCookie,
    WriteSetting,
)


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
            coder.emit(SetCookie(call.schema.number, self.field, integer_of(call.argument), True))


@final
class JournalModePragma(Pragma):
    """journal_mode: shows the mode that there is after the change; a mode that cannot be changes nothing."""

    def arguments(self) -> list[str] | None:
        return ["schema"]

    def code(self, coder: Coder, call: PragmaCall) -> None:
        mode = "" if call.argument is None else _mode(call.argument.lower())
        register = coder.register()
        coder.any_schema()
        schemas = schemas_of(coder.catalog, call) if mode else [call.schema]
        for schema in reversed(schemas):
            coder.emit(JournalMode(schema.number, register, mode))
        show(coder, register)


def _mode(begins: str) -> str:
    """The first journal mode whose name begins so, "" for none."""
    return next((mode for mode in JOURNAL_MODES if mode.startswith(begins)), "")


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
class WalCheckpoint(Pragma):
    """wal_checkpoint: copies the log of one database, or of all."""

    def arguments(self) -> list[str] | None:
        return None

    def code(self, coder: Coder, call: PragmaCall) -> None:
        mode = "" if call.argument is None else call.argument.lower()
        count = len(self.columns)
        first = coder.registers(count)
        coder.any_schema()
        database = call.schema.number if call.qualified else -1
        coder.emit(Checkpoint(database, first, count, mode if mode in CHECKPOINT_MODES else "passive"))
        coder.emit(ResultRow(first, count))


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
class IgnoredPragma(Pragma):
    """A PRAGMA without effect here."""

    def arguments(self) -> list[str] | None:
        return None

    def returns(self, call: PragmaCall) -> bool:
        return False

    def code(self, coder: Coder, call: PragmaCall) -> None:
        pass
