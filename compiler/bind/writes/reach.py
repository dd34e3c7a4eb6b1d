"""Which other tables' rows may change along with a table's: what triggers and the actions of foreign keys write, and
what those changes set off in their turn.

Where rows are changed while they are searched for, nothing that is set off meanwhile may change what the search reads.
So it is enough to know the tables: an event of a table counts for all of its events, and who writes many tables may
write any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.schema.foreign_keys import links_to
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast

if TYPE_CHECKING:
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Trigger, View
    from foundrydb.storage.format.values import Value

_MOST: Final = 16
"""So many tables are told apart; schemas have chains of triggers of any length."""


@final
class Reach:
    """The tables that some triggers, and the actions of foreign keys, may write.

    Attributes:
        written: the tables.
        unbounded: there may be any others.
    """

    def __init__(self, catalog: Catalog, settings: dict[str, Value]) -> None:
        self.written: Final[list[Table]] = []
        self.unbounded = False
        self._catalog: Final = catalog
        self._triggers_fire: Final = settings.get("enable_trigger") != 0
        self._keys_act: Final = bool(settings.get("foreign_keys"))
        self._views: Final[list[View]] = []

    def set_off(self, triggers: list[Trigger]) -> None:
        """Add what triggers write."""
        for trigger in triggers:
            for statement in trigger.statement.body:
                if self.unbounded:
                    return
                if isinstance(statement, ast.Insert):
                    self._write(trigger, statement.table)
                elif isinstance(statement, (ast.Update, ast.Delete)):
                    self._write(trigger, statement.table.name)

    def act(self, table: Table) -> None:
        """Add what foreign keys that refer to a table ask for when its rows change."""
        for link in links_to(self._catalog, table):
            if link.acts_on("DELETE") or link.acts_on("UPDATE"):
                self._add(link.child)

    def _write(self, trigger: Trigger, name: ast.QualifiedName) -> None:
        schema = trigger.sought_in() if name.schema is None else name.schema.text
        relation = self._catalog.find_relation(name.name.text, schema)
        if isinstance(relation, Table):
            self._add(relation)
        elif relation is None:
            self.unbounded = True
        elif relation not in self._views:
            self._views.append(relation)
            self.set_off(self._catalog.triggers_of(relation.name, relation.schema))

    def _add(self, table: Table) -> None:
        if table in self.written:
            return
        if len(self.written) == _MOST:
            self.unbounded = True
            return
        self.written.append(table)
        if self._triggers_fire:
            self.set_off(self._catalog.triggers_of(table.name, table.schema))
        if self._keys_act:
            self.act(table)
        if table.autoincrement:
            numbers = self._catalog.find_table("sqlite_sequence", table.schema)
            if numbers is not None:
                self._add(numbers)
