"""What a trigger on a table keeps from being done: its program is not run yet, and no change may pass it by."""

from __future__ import annotations

from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.errors import not_supported


def refuse_triggers(catalog: Catalog, relation: str, schema: str, event: str) -> None:
    """Refuse a change of rows that a trigger would have to follow.

    relation: the table's or view's name in ``schema``.
    event: what is done to its rows: INSERT, UPDATE or DELETE.

    Raises:
        NotSupportedError: there is a trigger for that event.
    """
    if any(trigger.statement.event == event for trigger in catalog.triggers_of(relation, schema)):
        raise not_supported("triggers")
