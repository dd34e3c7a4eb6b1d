"""What ``.trace`` writes of the statements that run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.api.trace import expanded_sql

if TYPE_CHECKING:
    from foundrydb.engine.statement import Prepared
    from foundrydb.storage.format.values import Value
    from foundrydb.tools.output.stream import OutputStream


class Tracer:
    """Writes statements.

    Args:
        out: where to.
        expanded: with the values of parameters in their place.
        profile: how long each took, once it has ended, instead of it alone when it begins.
    """

    def __init__(self, out: OutputStream, expanded: bool, profile: bool) -> None:
        self.out: Final = out
        self._expanded: Final = expanded
        self._profile: Final = profile

    def begun(self, prepared: Prepared, values: list[Value]) -> None:
        """A statement begins to run."""
        if not self._profile:
            self._write(self._text(prepared, values) + ";\n")

    def ended(self, prepared: Prepared, values: list[Value], seconds: float) -> None:
        """It has ended."""
        if self._profile:
            self._write(f"{self._text(prepared, values)}; -- {int(seconds * 1e9)} ns\n")

    def _text(self, prepared: Prepared, values: list[Value]) -> str:
        statement, _ = prepared.parsed()
        shown = values if self._expanded else []
        return expanded_sql(prepared, shown, statement.start).strip().rstrip("; \n")

    def _write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()
