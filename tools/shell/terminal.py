"""Line editing on a terminal, by prompt_toolkit: keys, colours, completion."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, get_common_complete_suffix
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, has_completions, is_searching
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from foundrydb.compiler.syntax.scanner import pieces
from foundrydb.tools.output.keywords import token_class
from foundrydb.tools.shell.completion import complete_dot, complete_sql
from foundrydb.tools.shell.input import is_complete

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

STYLE: Final = Style.from_dict(
    {
        "keyword": "ansiblue bold",
        "string": "ansigreen",
        "number": "ansimagenta",
        "comment": "ansibrightblack italic",
        "parameter": "ansicyan",
        "command": "ansiyellow bold",
        "illegal": "ansired underline",
        "prompt": "bold",
    }
)


def coloured(text: str) -> StyleAndTextTuples:
    """The text in pieces, each with its style."""
    if text.lstrip().startswith("."):
        head, space, rest = text.partition(" ")
        return [("class:command", head), ("", space + rest)]
    result: StyleAndTextTuples = []
    at = 0
    for token in pieces(text):
        if token.start > at:
            result.append(("", text[at : token.start]))
        name = token_class(token.kind, token.text)
        result.append((f"class:{name}" if name else "", text[token.start : token.end]))
        at = token.end
    result.append(("", text[at:]))
    return result


def _lines(fragments: StyleAndTextTuples) -> list[StyleAndTextTuples]:
    """Styled pieces, line by line."""
    lines: list[StyleAndTextTuples] = [[]]
    for fragment in fragments:
        style, text = fragment[0], fragment[1]
        for i, part in enumerate(text.split("\n")):
            if i:
                lines.append([])
            if part:
                lines[-1].append((style, part))
    return lines


class SqlLexer(Lexer):
    """Colours input by the tokens that the parser would see."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The styled pieces of each line."""
        lines = _lines(coloured(document.text))
        return lambda number: lines[number] if number < len(lines) else []


class SqlCompleter(Completer):
    """Offers what the grammar and the catalog know."""

    def __init__(self, shell: Shell) -> None:
        self.shell: Final = shell

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The candidates for the word before the cursor."""
        before = document.text_before_cursor
        if before.lstrip().startswith("."):
            found = complete_dot(before.lstrip(), self.shell.connection)
        else:
            found = complete_sql(before, document.text_after_cursor, self.shell.connection)
        for candidate in found[:200]:
            yield Completion(candidate.text, -candidate.replaces, display_meta=candidate.kind)


def _history() -> History:
    """The history file; memory alone where it cannot be written."""
    path = history_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(path)


def _keys() -> KeyBindings:
    """Enter runs a complete statement, and begins a new line otherwise; Alt-Enter always runs; Tab completes."""
    keys = KeyBindings()

    @keys.add("tab", filter=~is_searching)
    def _(event: KeyPressEvent) -> None:
        complete(event.current_buffer)

    @keys.add("enter", filter=~is_searching & ~(has_completions & Condition(_chosen)))
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    @keys.add("enter", filter=has_completions & Condition(_chosen))
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    return keys


def complete(buffer: Buffer) -> None:
    """Insert what all completions begin with; where they differ, show them, or go to the next one.

    The menu that opens while one types comes a moment later than the key; this answers at once.
    """
    if buffer.complete_state is not None:
        buffer.complete_next()
        return
    document = buffer.document
    found = list(buffer.completer.get_completions(document, CompleteEvent(completion_requested=True)))
    if len(found) == 1:
        buffer.delete_before_cursor(-found[0].start_position)
        buffer.insert_text(found[0].text)
    elif suffix := get_common_complete_suffix(document, found):
        buffer.insert_text(suffix)
    elif found:
        buffer.start_completion()


def _chosen() -> bool:
    """Whether a completion is chosen in the menu."""
    state = get_app().current_buffer.complete_state
    return state is not None and state.current_completion is not None


def terminal_session(shell: Shell) -> PromptSession[str]:
    """A prompt on the terminal; each ``prompt()`` reads one dot-command or complete statement."""
    return PromptSession(
        lambda: [("class:prompt", shell.prompts[0])],
        multiline=True,
        # A line that is too long for the terminal goes on without a prompt: what is copied from there stays one line.
        prompt_continuation=lambda width, number, wrapped: (
            "" if wrapped else shell.prompts[1].rjust(width)[-width:]
        ),
        lexer=SqlLexer(),
        completer=SqlCompleter(shell),
        complete_while_typing=True,
        history=_history(),
        key_bindings=_keys(),
        style=STYLE,
        enable_suspend=True,
        enable_open_in_editor=True,
    )


def history_path() -> Path:
    """Where the lines of earlier sessions are: ``$FDB_HISTORY``, or a file in the user's state directory."""
    chosen = os.environ.get("FDB_HISTORY")
    if chosen:
        return Path(chosen)
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(state) / "fdb" / "history"
