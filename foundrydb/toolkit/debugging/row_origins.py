"""Which cells of which pages each row of a result was read from.

The statement runs once more under observation, and beside each register, and each entry of the statement's own tables,
stands what it was made from (``data_flow``).  So a row that went through a sorter or a group is traced to the cells
that were read for it, not to where the cursors stand when it is handed out.  An ordinary run knows nothing of this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from foundrydb.storage.format.values import Value
from foundrydb.toolkit.debugging.data_flow import DataFlow, Passing
from foundrydb.toolkit.debugging.origins import LOST, NOTHING, Origins, ReadCell
from foundrydb.vm.machine import OWN
from foundrydb.vm.record import Record
from foundrydb.vm.tables.stored import StoredIndex, StoredTable

if TYPE_CHECKING:
    from foundrydb.storage.format.values import KeyInfo
    from foundrydb.toolkit.debugging.recorded_run import RecordedRun

Row = tuple[object, ...]

MOST_ENTRIES: Final = 200_000
"""So many entries of the statement's own tables are followed; what comes later is lost."""


@final
class RowOrigins:
    """What some rows of a result were read from.

    Attributes:
        first: the number of the first one, from 0.
        rows: the rows.
        origins: of each, what it was read from.
        whole: all rows that were asked for are there, or there are no more; else the run was stopped.
    """

    def __init__(self, run: RecordedRun, first: int, count: int) -> None:
        """Run the statement from its start to the last of these rows; what the run was at is gone.

        Raises:
            Error: it fails.
        """
        self.first: Final = first
        self.rows: Final[list[tuple[Value, ...]]] = []
        self.origins: Final[list[Origins]] = []
        self._flow: Final = DataFlow(run.replay.compilation)
        self._replay: Final = run.replay
        self._registers: Final = [NOTHING] * (run.replay.compilation.program.registers + 1)
        self._tables: Final[dict[int, OwnTable]] = {}
        self._entries = 0
        self._seen = 0
        run.replay.rewind()
        self.whole: Final = self._follow(first + count)

    def _follow(self, last: int) -> bool:
        replay = self._replay
        if not self._flow.lasting and self.first > 0:
            if replay.run(rows=self.first) == "asked":
                return False
            self._seen = replay.steps
        while not replay.ended and replay.rows < last:
            found = replay.run(rows=last, question=self._look)
            self._look()
            if found == "asked":
                return False
        return True

    def _look(self) -> bool:
        """Follow what the last instruction has done; never a reason to stop."""
        stepper = self._replay.stepper
        if int(stepper.steps) == self._seen or stepper.program != OWN:
            return False
        self._seen = int(stepper.steps)
        passing = self._flow.passings[int(stepper.address)]
        if passing is not None and self._replay.failure is None:
            self._pass_on(passing)
        return False

    def _pass_on(self, passing: Passing) -> None:
        registers = self._registers
        if passing.moved >= 0:
            self._move(passing)
        found = NOTHING
        for register in passing.reads:
            found = found.joined(registers[register])
        for cursor in (*passing.entries, *passing.around):
            found = found.joined(self._entry(cursor))
        for register in passing.writes:
            registers[register] = found
        if passing.put >= 0:
            self._put(passing, found)
        if passing.row and self._replay.rows > self.first and self._replay.last_row is not None:
            self.rows.append(self._replay.last_row)
            self.origins.append(found)

    # entries ------------------------------------------------------------------------------------------------

    def _entry(self, cursor: int) -> Origins:
        """What the entry is, or was made from, that a cursor stands on."""
        database = self._flow.stored.get(cursor)
        if database is None:
            return self._table(cursor).at.get(cursor, NOTHING)
        slot = self._replay.machine.cursors[cursor]
        if isinstance(slot, StoredTable):
            page, cell = (0, 0) if slot.special else slot.cursor.standing()
        elif isinstance(slot, StoredIndex):
            page, cell = (0, 0) if slot.null_row else slot.cursor.standing()
        else:
            return NOTHING
        return Origins({ReadCell(cursor, database, page, cell): None}) if page else NOTHING

    def _table(self, cursor: int) -> OwnTable:
        opened = self._flow.same.get(cursor, cursor)
        known = self._tables.get(opened)
        if known is None:
            known = self._tables[opened] = OwnTable(self._flow.keys.get(opened))
        return known

    def _put(self, passing: Passing, made_from: Origins) -> None:
        self._entries += 1
        if self._entries <= MOST_ENTRIES:
            self._table(passing.put).put(self._values(passing.entry), made_from, passing.merges)

    def _move(self, passing: Passing) -> None:
        """A cursor on a table of the statement's own was moved, or may have been."""
        cursor = passing.moved
        table = self._table(cursor)
        if passing.begins:
            table.begin(cursor)
        if passing.taken:
            table.stand(cursor, self._values(passing.writes))
            return
        view = self._replay.machine.cursors[cursor].view(0)
        if view.row is not None:
            table.stand(cursor, view.row)
        else:
            table.at[cursor] = LOST if view.spilled else NOTHING

    def _values(self, registers: list[int]) -> Row:
        held: list[Any] = [self._replay.machine.registers[register] for register in registers]
        return tuple(held[0].values) if held and isinstance(held[0], Record) else tuple(held)


@final
class OwnTable:
    """What the entries of a sorter, or of another table of the statement's own, were made from.

    An entry is known by what it holds.  Equal ones come out in the order in which they went in.

    Args:
        keys: what an entry is known by where that is the fields at its beginning alone.

    Attributes:
        at: by cursor, what the entry was made from on which it stands.
    """

    def __init__(self, keys: KeyInfo | None) -> None:
        self.at: Final[dict[int, Origins]] = {}
        self._keys: Final = keys
        self._size = 0
        self._made_from: Final[dict[Row, list[Origins]]] = {}
        self._given: Final[dict[tuple[int, Row], int]] = {}

    def put(self, entry: Row, made_from: Origins, merges: bool) -> None:
        """There is another entry; merges: it is the same as one that is equal."""
        key = self._key(entry)
        self._size = len(key)
        known = self._made_from.setdefault(key, [])
        if known and merges:
            known[0] = known[0].joined(made_from)
        else:
            known.append(made_from)

    def begin(self, cursor: int) -> None:
        """A cursor goes through the entries from the first one on."""
        for given in [given for given in self._given if given[0] == cursor]:
            del self._given[given]

    def stand(self, cursor: int, row: Row) -> None:
        """A cursor stands on a row, which begins with what was put."""
        key = self._key(row[: self._size])
        known = self._made_from.get(key)
        if known is None:
            self.at[cursor] = LOST
            return
        place = 0
        if len(known) > 1:
            place = self._given.get((cursor, key), 0)
            self._given[cursor, key] = place + 1
        self.at[cursor] = known[min(place, len(known) - 1)]

    def _key(self, entry: Row) -> Row:
        keys = self._keys
        if keys is None:
            return entry
        return tuple(
            value if not isinstance(value, str) or (folded := each.sort_key(value)) is None else folded
            for value, each in zip(entry, keys.collations)
        )
