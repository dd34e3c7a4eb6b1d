"""Foreign keys: the checks and actions that follow a change of a row.

A row that refers to nothing is counted, and the count has to be zero again when the statement or the transaction ends.
So a new row of a child is looked up in its parent, one that goes may mend what was counted; a parent's row that goes
leaves behind those that refer to it, which are counted one by one, and a new one may mend some.  What ON DELETE and ON
UPDATE ask for is done by a program, as if there were a trigger.  All of it is C SQLite's.
(https://sqlite.org/foreignkeys.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.bound import ROWID
from foundrydb.compiler.codegen.coder import Coder, Consumer, Location, TriggerCode
from foundrydb.compiler.codegen.opening import open_index, open_plan, open_table
from foundrydb.compiler.codegen.producing import produce
from foundrydb.compiler.codegen.usage import collect, use
from foundrydb.compiler.codegen.writes.key_actions import action_trigger, children_query
from foundrydb.compiler.schema.foreign_keys import Link, ParentKey, links_of, links_to
from foundrydb.compiler.schema.objects import Table
from foundrydb.errors import OperationalError
from foundrydb.vm.ops import compare, control, registers, rows, seek

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Source
    from foundrydb.compiler.plan.nodes import Output, RowEvents


@final
class RowKeys:
    """The foreign keys that one event of a table's rows concerns.

    Making one notes which columns of the row as it was are read.

    changed: the columns that an UPDATE may change (ROWID too), None for all.
    single: the statement inserts one row, and does nothing else.

    Attributes:
        replaces_whole: the row as it was has to be gone, from all indexes, before the new one is looked at.
    """

    def __init__(
        self,
        coder: Coder,
        table: Table,
        events: RowEvents,
        event: str,
        changed: set[int] | None,
        single: bool,
    ) -> None:
        self.references: Final[list[Reference]] = []
        self.dependents: Final[list[Dependents]] = []
        self.actions: Final[list[tuple[TriggerCode, bool]]] = []
        self.replaces_whole = False
        self._columns: Final = len(table.columns)
        self._event: Final = event
        for link in links_of(coder.catalog, table):
            # A row that refers to itself does so by another key of it, too.
            if link.is_changed_in_child(changed) or link.parent is table:
                key = _key_of(link, coder.dropping)
                if key is not None or coder.dropping:
                    self.references.append(Reference(link, key, single and not link.deferred))
                self.replaces_whole = self.replaces_whole or link.parent is table
        for link in links_to(coder.catalog, table):
            if link.is_changed_in_parent(changed):
                # A single new row leaves nothing behind, whatever refers to its table.
                self._add_dependents(coder, link, event, coder.dropping or (single and not link.deferred))
        if event != "INSERT":
            self._note_columns(coder, events.old)

    def _add_dependents(self, coder: Coder, link: Link, event: str, lenient: bool) -> None:
        key = _key_of(link, lenient)
        if key is None:
            return
        self.dependents.append(Dependents(link, key))
        self.replaces_whole = True
        trigger = None if event == "INSERT" else action_trigger(link, key, event)
        if trigger is not None:
            self.actions.append((coder.trigger(trigger, "ABORT"), link.action(event) == "RESTRICT"))

    def _note_columns(self, coder: Coder, old: Source) -> None:
        """Note the columns of the row as it was that somebody reads."""
        for reference in self.references:
            for column in reference.link.key.columns:
                use(coder, old, column)
        for dependents in self.dependents:
            for column in [ROWID, *dependents.key.columns]:
                use(coder, old, column)
            if dependents.table.without_rowid:
                for column in dependents.table.row_key:
                    use(coder, old, column)
        for code, _ in self.actions:
            for column in code.old_columns(self._columns):
                use(coder, old, column)

    def __bool__(self) -> bool:
        return bool(self.references or self.dependents)

    def open(self, coder: Coder) -> None:
        """Open what nearly every row is looked up in, before the first row."""
        if self._event != "DELETE":
            for reference in self.references:
                reference.open(coder)
        if self._event != "INSERT":
            for dependents in self.dependents:
                dependents.open(coder)

    def check_old(self, coder: Coder, old: Location) -> None:
        """Emit what is counted for a row that goes."""
        for reference in self.references:
            reference.code(coder, old, -1)
        for dependents in self.dependents:
            dependents.code(coder, old, 1)

    def check_new(self, coder: Coder, new: Location) -> None:
        """Emit what is counted for a row that comes."""
        for reference in self.references:
            reference.code(coder, new, 1)
        for dependents in self.dependents:
            dependents.code(coder, new, -1)

    def act(self, coder: Coder, old: Location, new: Location | None, ignored: int) -> None:
        """Emit what ON DELETE and ON UPDATE ask for."""
        for code, restricts in self.actions:
            postponed = coder.label()
            if restricts:
                coder.emit(control.FkIfPostponed(postponed))
            code.fire(coder, self._columns, old, new, ignored)
            coder.place(postponed)


def _key_of(link: Link, lenient: bool) -> ParentKey | None:
    """The key that a foreign key refers to; None where there is none, and that is no mistake."""
    try:
        return link.parent_key()
    except OperationalError:
        if lenient:
            return None
        raise


@final
class Reference:
    """A foreign key of the table whose row comes or goes.

    key: what it refers to, None where that is gone.
    at_once: a row that refers to nothing is refused before it is there.
    """

    def __init__(self, link: Link, key: ParentKey | None, at_once: bool) -> None:
        self.link: Final = link
        self.key: Final = key
        self.at_once: Final = at_once
        self._cursor = -1

    def open(self, coder: Coder) -> None:
        """Open the cursor that parents are looked up with."""
        if self.key is not None:
            self._cursor = self._opened(coder, self.key)

    def _opened(self, coder: Coder, key: ParentKey) -> int:
        parent = self.link.parent
        assert isinstance(parent, Table)
        return open_table(coder, parent) if key.index is None else open_index(coder, key.index)

    def code(self, coder: Coder, row: Location, count: int) -> None:
        """Emit the search for what the row refers to: ``count`` more rows refer to nothing where it is not there."""
        link = self.link
        fine = coder.label()
        if count < 0:
            coder.emit(control.FkIfZero(link.deferred, fine))
        key = self.key
        columns = link.key.columns if key is None else key.children
        first = coder.registers(len(columns))
        for i, column in enumerate(columns):
            coder.emit(registers.SCopy(row.register(coder, column), first + i))
        coder.emit(control.AnyNull(first, fine, len(columns)))
        if key is not None:
            self._find(coder, key, row, first, count, fine)
        if self.at_once and count > 0:
            postponed = coder.label()
            coder.emit(control.FkIfPostponed(postponed))
            coder.emit(control.Halt("SQLITE_CONSTRAINT_FOREIGNKEY", "abort", "FOREIGN KEY constraint failed"))
            coder.place(postponed)
        coder.emit(control.FkCounter(link.deferred, count))
        coder.place(fine)

    def _find(self, coder: Coder, key: ParentKey, row: Location, first: int, count: int, fine: int) -> None:
        """Emit the jump to ``fine`` where the parent has the key, or the new row itself."""
        parent = self.link.parent
        assert isinstance(parent, Table)
        size = len(key.columns)
        cursor = self._cursor if self._cursor >= 0 else self._opened(coder, key)
        if key.index is None:
            coder.emit(rows.Affinity(first, 1, "D"))
        if count > 0 and parent is self.link.child:
            differs = coder.label()
            for i, column in enumerate(key.columns):
                coder.emit(compare.Ne(first + i, row.register(coder, column), differs, "", None, True))
            coder.emit(control.Goto(fine))
            coder.place(differs)
        if key.index is None:
            absent = coder.label()
            coder.emit(seek.SeekRowid(cursor, absent, first))
            coder.emit(control.Goto(fine))
            coder.place(absent)
            return
        affinity = "".join([parent.columns[column].affinity or "A" for column in key.columns])
        coder.emit(rows.Affinity(first, size, affinity))
        coder.emit(seek.Found(cursor, fine, first, size))


@final
class Dependents:
    """A foreign key that refers to the table whose row comes or goes."""

    def __init__(self, link: Link, key: ParentKey) -> None:
        parent = link.parent
        assert isinstance(parent, Table)
        self.link: Final = link
        self.key: Final = key
        self.table: Final = parent
        self._before: tuple[Output, Source] | None = None

    def open(self, coder: Coder) -> None:
        """Open what finds the rows that refer to a row that goes."""
        self._before = self._query(coder, self.link.child is self.table)

    def _query(self, coder: Coder, itself: bool) -> tuple[Output, Source]:
        """The plan of the rows that refer to a row, and where it finds that; ``itself``: leave the row itself out."""
        compiler = coder.settings.triggers
        assert compiler is not None, "this statement changes no rows"
        plan, source = compiler.query(children_query(self.link, self.key, itself), self.table)
        collect(coder, plan)
        open_plan(coder, plan)
        return plan, source

    def code(self, coder: Coder, row: Location, count: int) -> None:
        """Emit the count of the rows that refer to the row: ``count`` each."""
        link = self.link
        end = coder.label()
        if count < 0:
            coder.emit(control.FkIfZero(link.deferred, end))
        known = self._before if count > 0 else None
        plan, source = self._query(coder, count > 0 and link.child is self.table) if known is None else known
        coder.locations[source] = row
        produce(coder, plan.child, Counting(link.deferred, count))
        coder.place(end)


@final
class Counting(Consumer):
    """A row that refers to one that goes, or comes."""

    def __init__(self, deferred: bool, count: int) -> None:
        self.deferred: Final = deferred
        self.count: Final = count

    def row(self, coder: Coder, next: int) -> None:
        coder.emit(control.FkCounter(self.deferred, self.count))
