"""Where commands come from: a terminal, with history and completion, or lines of a script, which are echoed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory

from foundrydb.tools.debug.command import commands

if TYPE_CHECKING:
    from foundrydb.tools.debug.debugger import Debugger

PROMPT: Final = "(fdb) "

_WITH_TARGETS: Final = ("run", "back", "break")


class CommandCompleter(Completer):
    """Offers commands, and behind those that take a target what one may begin with."""

    def __init__(self, debugger: Debugger) -> None:
        self.debugger: Final = debugger

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The candidates for the word before the cursor."""
        before = document.text_before_cursor.lstrip()
        word = before.rpartition(" ")[2]
        for text, meaning in self.candidates(before):
            if text.lower().startswith(word.lower()):
                yield Completion(text, -len(word), display_meta=meaning)

    def candidates(self, before: str) -> list[tuple[str, str]]:
        """What the word at the end of a line may become, each with a word on what it is."""
        first, space, _ = before.partition(" ")
        if not space:
            return [(each.name, each.help) for each in commands().values()]
        if first == "help":
            return [(name, "command") for name in commands()] + [("targets", "where one can stop")]
        if first not in _WITH_TARGETS or self.debugger.script.run is None:
            return []
        own = self.debugger.run.replay.compilation.program
        used = {type(each).__name__ for program in [own, *own.triggers] for each in program.instructions}
        words = [("sql", "a piece of the SQL"), ("page", "a page"), ("row", "a row"), ("when", "a condition")]
        return [(name, "opcode") for name in sorted(used)] + words


def lines_of_terminal(debugger: Debugger) -> Iterable[str]:
    """Lines that are typed; an empty one stands for the one before it."""
    session: PromptSession[str] = PromptSession(
        PROMPT, history=InMemoryHistory(), completer=CommandCompleter(debugger), complete_while_typing=False
    )
    last = ""
    while True:
        try:
            line = session.prompt().strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        last = line or last
        yield last


def lines_of_script(debugger: Debugger) -> Iterable[str]:
    """Lines of standard input, each shown behind the prompt as if it were typed."""
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
        debugger.write(f"{PROMPT}{line}")
        yield line


def session(debugger: Debugger) -> None:
    """Read commands and carry them out, to the last one."""
    debugger.begin()
    typed = sys.stdin.isatty() and os.environ.get("TERM") != "dumb"
    for line in lines_of_terminal(debugger) if typed else lines_of_script(debugger):
        if not debugger.obey(line):
            return
