"""A user's authorizer, as the compiler asks it."""

from __future__ import annotations

from collections.abc import Callable

from foundrydb.compiler.bind.notes.authorization import DENY, Ask
from foundrydb.vm.functions.callbacks import report

_LARGEST = (1 << 31) - 1


def authorizer(callback: Callable[..., object]) -> Ask:
    """The callback, whose failure, or answer that is no number, denies."""

    def ask(
        action: int, first: str | None, second: str | None, database: str | None, within: str | None
    ) -> int:
        try:
            answer = callback(action, first, second, database, within)
        except BaseException as failure:
            report(failure, callback)
            return DENY
        return answer if isinstance(answer, int) and abs(answer) <= _LARGEST else DENY

    return ask
