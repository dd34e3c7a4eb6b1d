"""What a SQL function may ask about the statement and the connection that call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.storage.format.values import BINARY, Collation

if TYPE_CHECKING:
    from foundrydb.vm.functions.json.documents import Documents
    from foundrydb.vm.host import Host


@final
class Context:
    """A statement's side of a function call.

    Attributes:
        host: the connection.
        encoding: of the connection's databases: what the bytes of a blob are, where a text or a number is asked for.
        collation: the collating sequence of the call, for the functions that compare text.
        place: where the call stands, if only a deterministic answer will do there ("an index", "a CHECK
            constraint", "a generated column"); else empty.
        documents: the JSON that the functions of the statement have read last; None before.
        now: the time of the statement's first look at the clock, in milliseconds of the Julian day; -1 before.
    """

    def __init__(self, host: Host) -> None:
        self.host: Final = host
        self.encoding: Final = host.attached.encoding
        self.collation: Collation = BINARY
        self.place = ""
        self.documents: Documents | None = None
        self.now = -1
