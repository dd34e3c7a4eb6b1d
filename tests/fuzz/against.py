"""The same statements in C SQLite: found is what only one of the engines accepts."""

from __future__ import annotations

import re
from typing import Any, Final, final

import apsw

import foundrydb
from fuzz.step import Step
from fuzz.trial import Strange, Trial, bound

_TICKS: Final = 200
_PLAIN: Final = (None, 0, 1, -1, 1.5, "a", b"x")
"""What parameters are, of types that both drivers take."""


@final
class Pair(Trial):
    """One database in each engine; every statement runs to its end, in both."""

    def __init__(self) -> None:
        super().__init__()
        self._reference = apsw.Connection(":memory:")
        self._reference.set_progress_handler(self._reference_tick, 20_000)
        self._reference_ticks = 0

    def _reference_tick(self) -> bool:
        self._reference_ticks += 1
        return self._reference_ticks > _TICKS

    def step(self, step: Step) -> None:
        """Run one step in both.

        Raises:
            Strange: one of them refuses what the other accepts.
        """
        sql = str(step.sql)
        values = bound(sql, step.values, _PLAIN)
        refusal: foundrydb.Error | None = None
        try:
            super().step(Step(step.sql, "rows", step.values))
        except foundrydb.NotSupportedError:
            return
        except foundrydb.Error as error:
            refusal = error
        if "\0" in sql or (refusal is not None and "interrupted" in str(refusal)):
            return
        answer = self._answer(sql, values)
        if refusal is not None and not answer:
            raise Strange(f"refused: {_nameless(str(refusal))}", f"{refusal}\n{sql}")
        if refusal is None and answer and "interrupted" not in answer:
            raise Strange(f"accepted: {_nameless(answer)}", f"{answer}\n{sql}")
        if refusal is not None:
            raise refusal

    def bind(self, sql: str, values: tuple[int, ...]) -> Any:
        """Values of types that both drivers take."""
        return bound(sql, values, _PLAIN)

    def _answer(self, sql: str, values: Any) -> str:
        """C SQLite's error; empty when there is none."""
        self._reference_ticks = 0
        try:
            for _ in self._reference.execute(sql, values):
                pass
        except apsw.Error as error:
            return str(error) or type(error).__name__
        except UnicodeDecodeError:
            return ""
        return ""

    def end(self, nothing: None) -> None:
        """Close both."""
        super().end(nothing)
        self._reference.close()


def _nameless(message: str) -> str:
    """An error's text without the names in it, so that cases of a kind meet."""
    message = re.sub(r"^\w+Error: ", "", message)
    message = re.sub(r'"[^"]*"|\'[^\']*\'|\[[^]]*\]', "…", message)
    return re.sub(r"(: ).*", r"\1…", re.sub(r"\d+", "N", message))
