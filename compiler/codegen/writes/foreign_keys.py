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
from foundrydb.compiler.schema.foreign_keys import Link, ParentKey, links_of, links_to, takes_all_along
from foundrydb.compiler.schema.objects import Table
from foundrydb.errors import OperationalError
from foundrydb.vm.ops import compare, control, registers, rows, seek

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Source
    from foundrydb.compiler.codegen.writes.events import RowEvent
    from foundrydb.compiler.plan.nodes import Output, RowEvents


@final
class RowKeys:
    """The foreign keys that one event of a table's rows concerns.

    Making one notes which columns of the row as it was are read.

    Attributes:
        replaces_whole: the row as it was has to be gone, from all indexes, before the new one is looked at.
        mismatches: what is wrong with keys that a single new row passes by, unless all keys wait for COMMIT.
    """

    def __init__(self, coder: Coder, table: Table, events: RowEvents, event: RowEvent) -> None:
        self.references: Final[list[Reference]] = []
        self.dependents: Final[list[Dependents]] = []
        self.actions: Final[list[tuple[TriggerCode, bool]]] = []
        self.mismatches: Final[list[str]] = []
        self.replaces_whole = False
        self._columns: Final = len(table.columns)
        self._event: Final = event.name
        drops = events.drops
        # A row that refers to itself does so by another key of it, too.
        own = [
            link
            for link in links_of(coder.catalog, table)
            if link.key is not coder.settled
            and (link.is_changed_in_child(event.changed) or link.parent is table)
        ]
        others = links_to(coder.catalog, table)
        if not drops:
            _check_links(own, others, event)
        for link in own:
            key = self._key_of(link)
            if key is not None or drops:
                self.references.append(Reference(link, key, event.single and not link.deferred))
            self.replaces_whole = self.replaces_whole or link.parent is table
        settles = event.name == "DELETE" and not drops and takes_all_along(coder.catalog, table)
        for link in others:
            if link.is_changed_in_parent(event.changed):
                self._add_dependents(coder, link, event.name, settles)
        if event.name != "INSERT":
            self._note_columns(coder, events.old)

    def _add_dependents(self, coder: Coder, link: Link, event: str, settles: bool) -> None:
        key = self._key_of(link)
        if key is None:
            return
        settles = settles and link.acts_on(event)
        if not settles:
            self.dependents.append(Dependents(link, key))
        self.replaces_whole = True
        trigger = None if event == "INSERT" else action_trigger(link, key, event, settles)
        if trigger is not None:
            self.actions.append((coder.trigger(trigger, "ABORT"), link.action(event) == "RESTRICT"))

    def _key_of(self, link: Link) -> ParentKey | None:
        """The key that a foreign key refers to; None where there is none, and that is no mistake for now."""
        try:
            return link.parent_key()
        except OperationalError as mistake:
            if self._event == "INSERT":
                self.mismatches.append(mistake.message)
            return None

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
        return bool(self.references or self.dependents or self.actions or self.mismatches)

    def only_look_up(self) -> bool:
        """Whether all there is to do is to look up what a row refers to."""
        return not (self.dependents or self.actions or self.mismatches)

    def look_at(self, table: Table) -> bool:
        """Whether the checks and actions about a row of a table may read that table."""
        itself = any([reference.link.parent is table for reference in self.references])
        return bool(self.actions) or itself or any([each.link.child is table for each in self.dependents])

    def new_columns(self) -> list[int]:
        """The columns of a row as it becomes that are read."""
        found = [column for reference in self.references for column in reference.link.key.columns]
        for dependents in self.dependents:
            found.extend(dependents.key.columns)
        for code, _ in self.actions:
            found.extend(code.new_columns(self._columns))
        return found

    def open(self, coder: Coder) -> None:
        """Open what nearly every row is looked up in, before the first row."""
        for mismatch in self.mismatches:
            _refuse(coder, mismatch, "SQLITE_ERROR", True)
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


def _check_links(own: list[Link], others: list[Link], event: RowEvent) -> None:
    """Raise the mistake that C SQLite tells about the keys that foreign keys refer to: the last that it meets.

    It asks all that refer to the table for what they read of a row that goes; then it checks one after the other as
    far as the first mistake; and then it asks those that have an action.

    own: what a new row may refer to.  others: what refers to the table.
    """
    mistakes: list[OperationalError | None] = []
    changes = event.name != "INSERT"
    if changes:
        mistakes.extend([_mistake(link) for link in others])
    concerned = [link for link in others if link.is_changed_in_parent(event.changed)]
    # A single new row leaves nothing behind, whatever refers to its table.
    asked = own + [link for link in concerned if link.deferred or not event.single]
    mistakes.extend([mistake for mistake in map(_mistake, asked) if mistake is not None][:1])
    if changes:
        mistakes.extend([_mistake(link) for link in concerned if link.action(event.name) != "NO ACTION"])
    told = [mistake for mistake in mistakes if mistake is not None]
    if told:
        raise told[-1]


def _mistake(link: Link) -> OperationalError | None:
    """What is wrong with the key that a foreign key refers to."""
    try:
        link.parent_key()
    except OperationalError as problem:
        return problem
    return None


def _refuse(coder: Coder, message: str, code: str, postponed: bool) -> None:
    """Emit an error for the time while all keys wait for COMMIT, if they are ``postponed``, or while they do not."""
    refused, passed = coder.label(), coder.label()
    coder.emit(control.FkIfPostponed(refused if postponed else passed))
    if postponed:
        coder.emit(control.Goto(passed))
    coder.place(refused)
    coder.emit(control.Halt(code, "abort", message))
    coder.place(passed)


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
        if self.key is None:
            self._pass_nulls(coder, row, link.key.columns, fine)
        else:
            self._find(coder, self.key, row, count, fine)
        if self.at_once and count > 0:
            _refuse(coder, "FOREIGN KEY constraint failed", "SQLITE_CONSTRAINT_FOREIGNKEY", False)
        coder.emit(control.FkCounter(link.deferred, count))
        coder.place(fine)

    def _pass_nulls(self, coder: Coder, row: Location, columns: list[int], fine: int) -> int:
        """Emit a copy of columns of the row, and the jump to ``fine`` where one is NULL; their first register."""
        first = copied_columns(coder, row, columns)
        coder.emit(control.AnyNull(first, fine, len(columns)))
        return first

    def _find(self, coder: Coder, key: ParentKey, row: Location, count: int, fine: int) -> None:
        """Emit the jump to ``fine`` where the row refers to nothing, or to what is there: a parent, or itself."""
        parent = self.link.parent
        assert isinstance(parent, Table)
        size = len(key.columns)
        cursor = self._cursor if self._cursor >= 0 else self._opened(coder, key)
        if count > 0 and parent is self.link.child:
            first = self._pass_nulls(coder, row, key.children, fine)
            if key.index is None:
                coder.emit(rows.Affinity(first, 1, "D"))
            differs = coder.label()
            for i, column in enumerate(key.columns):
                coder.emit(compare.Ne(first + i, row.register(coder, column), differs, "", None, True))
            coder.emit(control.Goto(fine))
            coder.place(differs)
        elif size == 1:
            first = row.register(coder, key.children[0])
        else:
            first = copied_columns(coder, row, key.children)
        affinity = "D"
        if key.index is not None:
            affinity = "".join([parent.columns[column].affinity or "A" for column in key.columns])
        coder.emit(seek.FkParent(cursor, fine, first, size, affinity))


def copied_columns(coder: Coder, row: Location, columns: list[int]) -> int:
    """Emit a copy of columns of a row next to each other; their first register."""
    first = coder.registers(len(columns))
    for i, column in enumerate(columns):
        coder.emit(registers.SCopy(row.register(coder, column), first + i))
    return first


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
