"""What becomes of an exception in a user's callback: SQL has one message for all, so the exception is shown apart.

As in the standard library's ``sqlite3``: ``enable_callback_tracebacks(True)`` has each such exception given to
``sys.unraisablehook``, which prints its traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final, final

from foundrydb.errors import error

_shown: Final = [False]


def enable_callback_tracebacks(enable: bool, /) -> None:
    """Show exceptions in functions, aggregates, collations and handlers of the user's, or stop showing them."""
    _shown[0] = bool(enable)


def report(failure: BaseException, callback: object) -> None:
    """Show an exception that ``callback`` raised, where that is wanted."""
    if _shown[0]:
        _show(failure, callback)


@final
class Guarded:
    """A user's callback from which nothing is raised.  answer: what stands for its answer when it raises."""

    def __init__(self, callback: Callable[..., object], answer: bool = False) -> None:
        self.callback: Final = callback
        self.answer: Final = answer

    def __call__(self, *args: Any) -> bool:
        try:
            return bool(self.callback(*args))
        except Exception as failure:
            report(failure, self.callback)
            return self.answer


def _show(failure: BaseException, callback: object) -> None:
    hook: Any = sys.unraisablehook
    if hook is sys.__unraisablehook__:
        # It takes nothing but what the interpreter itself made.
        print(f"Exception ignored in: {callback!r}", file=sys.stderr)
        sys.__excepthook__(type(failure), failure, failure.__traceback__)
        return
    trace = failure.__traceback__
    hook(SimpleNamespace(
        exc_type=type(failure), exc_value=failure, exc_traceback=trace, err_msg=None, object=callback
    ))  # fmt: skip


def failed(failure: BaseException, callback: object, message: str) -> Exception:
    """Report an exception, and say what SQL knows of it.

    Returns:
        An error with ``message``; for the few exceptions that SQLite has a result code for, the error of that.
    """
    report(failure, callback)
    if isinstance(failure, OverflowError):
        return error("string or blob too big", "SQLITE_TOOBIG")
    if isinstance(failure, MemoryError):
        return MemoryError()
    return error(message)
