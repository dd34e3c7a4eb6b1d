"""Dot-commands about what is seen while statements run: texts, progress, questions of permission, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.engine.options.constants import ACTIONS
from foundrydb.tools.output.problems import report
from foundrydb.tools.shell.dots.dot_command import Usage, command, switch
from foundrydb.tools.shell.dots.dots_system import destination
from foundrydb.tools.shell.tracing import Tracer

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

_TRACE_OPTIONS: Final = frozenset({"expanded", "plain", "profile", "stmt", "close", "row", "normalized"})


@command(
    "trace",
    "FILE|off ?OPTIONS?",
    help="Output each SQL statement as it is run.  FILE can be stderr/stdout",
    more="""
--expanded      Show the values of parameters in their place
--plain         Show SQL as it is input (the default)
--profile       Show how long each statement took, when it has ended
""",
)
def trace(shell: Shell, arguments: list[str]) -> None:
    """Write statements as they run."""
    options = {word.lstrip("-") for word in arguments if word.startswith("-")}
    unknown = options - _TRACE_OPTIONS
    if unknown:
        raise Usage(f'unknown option on ".trace": "--{min(unknown)}"')
    refused = options & {"row", "close", "normalized"}
    if refused:
        raise Usage(f"not supported yet: .trace --{min(refused)}")
    words = [word for word in arguments if not word.startswith("-")]
    if len(words) > 1 or not (words or options):
        raise Usage
    out = destination(words[0] if words else "stdout")
    if shell.tracer is not None:
        shell.tracer.out.close()
    shell.tracer = None if out is None else Tracer(out, "expanded" in options, "profile" in options)


@command(
    "progress",
    "N ?OPTIONS?",
    help="Invoke progress handler after about every N loops of a program; 0 for never",
    more="""
--limit N       Interrupt the statement after N calls
--once          Do no more after the first interrupt
--quiet|-q      No output but at interrupts
--reset         Count from zero with each statement
""",
)
def progress(shell: Shell, arguments: list[str]) -> None:
    """Tell of progress, or stop what takes too long."""
    handler = Progress(shell, arguments)
    shell.progress = handler if handler.every else None
    shell.connection.set_progress_handler(handler.call if handler.every else None, max(handler.every, 1))


class Progress:
    """What ``.progress`` was asked for, and the count.

    Attributes:
        every: so many loops lie between two calls.
    """

    def __init__(self, shell: Shell, arguments: list[str]) -> None:
        self._shell: Final = shell
        self.every = 0
        self._limit = 0
        self._once = self._quiet = self._resets = False
        self._count = 0
        words = iter(arguments)
        for word in words:
            option = word.lstrip("-") if word.startswith("-") else ""
            if option == "limit":
                self._limit = _number(next(words, ""))
            elif option == "once":
                self._once = True
            elif option in ("quiet", "q"):
                self._quiet = True
            elif option == "reset":
                self._resets = True
            elif option:
                raise Usage(f'unknown option: "{word}"')
            else:
                self.every = _number(word)
        if not arguments:
            raise Usage

    def begin(self) -> None:
        """A statement begins."""
        if self._resets:
            self._count = 0

    def call(self) -> bool:
        """The handler; whether the statement is to stop."""
        self._count += 1
        if self._limit and self._count >= self._limit:
            report(f"Progress limit reached ({self._count})")
            if self._resets:
                self._count = 0
            if self._once:
                self._limit = 0
            return True
        if not self._quiet:
            report(f"Progress {self._count}")
        return False


def _number(word: str) -> int:
    if not word.isdecimal():
        raise Usage(f'not a number: "{word}"')
    return int(word)


_ACTIONS: Final = {number: name for name, number in ACTIONS.items()}


@command("auth", "on|off", help="Show authorizer callbacks")
def auth(shell: Shell, arguments: list[str]) -> None:
    """Print what an authorizer would be asked."""
    if not switch(arguments):
        shell.connection.set_authorizer(None)
        return

    def ask(action: int, *details: str | None) -> int:
        shown = ["NULL" if detail is None else f'"{detail}"' for detail in details]
        name = _ACTIONS.get(action, str(action)).removeprefix("SQLITE_")
        shell.write(f"authorizer: {name} {' '.join(shown)}\n")
        return 0

    shell.connection.set_authorizer(ask)


@command("stats", "on|off", help="Show what each statement took: instructions, rows, pages, time")
def stats(shell: Shell, arguments: list[str]) -> None:
    """Print figures after each statement."""
    shell.stats = switch(arguments)


@command("timeout", "MS", help="Try opening locked tables for MS milliseconds")
def timeout(shell: Shell, arguments: list[str]) -> None:
    """Choose how long a statement waits for whoever writes."""
    if len(arguments) > 1:
        raise Usage
    milliseconds = _number(arguments[0]) if arguments else 0
    shell.connection.engine.write_setting(0, "busy_timeout", milliseconds)
