"""What becomes of a transaction's log: the journal mode, and checkpoints of a write-ahead log."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, final

from mypy_extensions import i64

from foundrydb.errors import error
from foundrydb.storage.log.opening import JOURNAL_MODES
from foundrydb.storage.log.transaction_log import CHECKPOINT_MODES
from foundrydb.vm.instruction import Instruction, Operand, integer, text, writes, writes_range

if TYPE_CHECKING:
    from foundrydb.vm.machine import Machine

__all__ = ["CHECKPOINT_MODES", "JOURNAL_MODES", "Checkpoint", "JournalMode"]


@final
class JournalMode(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("db", 1),
        writes("dest", 2),
        text("mode", 4),
    )
    DOC: ClassVar[str] = (
        "Set the journal mode of database `db` to `mode` (leave it if empty, or if the transaction has changed "
        "something). R[dest] := the mode that it then has."
    )

    def __init__(self, db: int, dest: int, mode: str = "") -> None:
        self.db: Final[i64] = db
        self.dest: Final[i64] = dest
        self.mode: Final = mode

    def execute(self, m: Machine, pc: i64) -> i64:
        database = m.database(self.db)
        now = database.pager.journal_mode
        if self.mode and self.mode != now and not database.pager.changed():
            if now == "wal" or (self.mode == "wal" and database.pager.may_write_ahead()):
                self._refuse_within_transaction(m, "out of" if now == "wal" else "into")
            now = database.set_journal_mode(self.mode)
        m.registers[self.dest] = now
        return pc + 1

    def _refuse_within_transaction(self, m: Machine, direction: str) -> None:
        host = m.host
        if not host.transaction.autocommit or host.running.reads_beside(m):
            raise error(f"cannot change {direction} wal mode from within a transaction")


@final
class Checkpoint(Instruction):
    OPERANDS: ClassVar[tuple[Operand, ...]] = (
        integer("db", 1),
        writes_range("dest", 2, "count"),
        integer("count", 3),
        text("mode", 4),
    )
    DOC: ClassVar[str] = (
        "Copy the write-ahead log of database `db` (of all, if it is -1) into the file, as `mode` says. "
        "R[dest .. dest+count-1] := whether somebody was in the way, how many frames the log has, and how many of them "
        "are in the file (-1 where there is no log)."
    )

    def __init__(self, db: int, dest: int, count: int, mode: str) -> None:
        self.db: Final[i64] = db
        self.dest: Final[i64] = dest
        self.count: Final[i64] = count
        self.mode: Final = mode

    def execute(self, m: Machine, pc: i64) -> i64:
        busy = False
        frames = -1
        copied = -1
        chosen = [m.databases[self.db]] if self.db >= 0 else m.databases
        for attached in chosen:
            if attached.database is not None:
                result = attached.database.pager.checkpoint(self.mode)
                busy = busy or result.busy
                if attached is chosen[0]:
                    frames = result.frames
                    copied = result.copied
        r = m.registers
        r[self.dest] = int(busy)
        r[self.dest + 1] = frames
        r[self.dest + 2] = copied
        return pc + 1
