"""Dot-commands about output: how rows look and where they go."""

from __future__ import annotations

import contextlib
import os
import subprocess
from copy import copy
from typing import IO, TYPE_CHECKING, Final

from foundrydb.tools import late
from foundrydb.tools.output.modes import MODES, choose_mode
from foundrydb.tools.output.stream import OutputStream, file_output
from foundrydb.tools.output.writer import OutputSettings
from foundrydb.tools.shell.dots.dot_command import Usage, command, switch

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

_MODE_HELP = "\n".join(
    ["MODE is one of:"]
    + [f"  {mode.name:<11} {mode.help}" for mode in MODES.values()]
    + [
        "OPTIONS: (for columnar modes or insert mode):",
        "  --wrap N       Wrap output lines to no longer than N characters",
        "  --wordwrap B   Wrap or not at word boundaries per B (on/off)",
        '  --ww           Shorthand for "--wordwrap 1"',
        "  --quote        Quote output text as SQL literals",
        "  --noquote      Do not quote output text",
        '  TABLE          The name of SQL table used for "insert" mode',
    ]
)


def mode_line(settings: OutputSettings) -> str:
    """The output mode with its options."""
    if not MODES[settings.mode].columnar:
        return settings.mode
    wrap = "on" if settings.word_wrap else "off"
    quote = "quote" if settings.quote else "noquote"
    return f"{settings.mode} --wrap {settings.wrap} --wordwrap {wrap} --{quote}"


@command("mode", "MODE ?OPTIONS?", help="Set output mode", more=_MODE_HELP)
def mode(shell: Shell, arguments: list[str]) -> None:
    """Choose how rows are printed."""
    if not arguments:
        shell.write(f"current output mode: {mode_line(shell.settings)}\n")
        return
    name = table = ""
    options: dict[str, str] = {}
    words = iter(arguments)
    for word in words:
        option = word.lstrip("-") if word.startswith("-") else ""
        if option in ("wrap", "wordwrap"):
            options[option] = next(words, "")
        elif option in ("ww", "quote", "noquote"):
            options[option] = ""
        elif option:
            raise Usage(f"unknown option: {word}")
        elif not name:
            name = word
        elif not table:
            table = word
        else:
            raise Usage(f'extra argument: "{word}"')
    choose_mode(shell.settings, _mode_name(name or shell.settings.mode), table or None)
    _apply(shell.settings, options)


def _mode_name(word: str) -> str:
    """The mode that ``word`` names or begins; a plural will do."""
    for name in MODES:
        if name == word or name + "s" == word:
            return name
    for name in ("line", "column", "list", "html", "tcl", "csv", "tabs", "insert", "quote", "ascii", "markdown",
                 "table", "box", "qbox", "json", "count", "off"):  # fmt: skip
        if word and name.startswith(word):
            return name
    raise Usage(f"mode should be one of: {' '.join(MODES)}")


def _apply(settings: OutputSettings, options: dict[str, str]) -> None:
    if "wrap" in options:
        try:
            settings.wrap = abs(int(options["wrap"]))
        except ValueError:
            raise Usage(f"not an integer: {options['wrap']}") from None
    if "wordwrap" in options:
        settings.word_wrap = switch([options["wordwrap"]])
    if "ww" in options:
        settings.word_wrap = True
    if "quote" in options:
        settings.quote = True
    if "noquote" in options:
        settings.quote = False


@command("headers", "on|off", help="Turn display of headers on or off")
def headers(shell: Shell, arguments: list[str]) -> None:
    """Print column names, or not."""
    shell.settings.headers = switch(arguments)
    shell.settings.headers_set = True


@command("nullvalue", "STRING", help="Use STRING in place of NULL values")
def nullvalue(shell: Shell, arguments: list[str]) -> None:
    """Choose what NULL looks like."""
    if len(arguments) != 1:
        raise Usage
    shell.settings.null = arguments[0]


@command("separator", "COL ?ROW?", help="Change the column and row separators")
def separator(shell: Shell, arguments: list[str]) -> None:
    """Choose what stands between values and rows."""
    if not 1 <= len(arguments) <= 2:
        raise Usage
    shell.settings.column_separator = arguments[0]
    if len(arguments) == 2:
        shell.settings.row_separator = arguments[1]


@command(
    "width",
    "auto|NUM1 NUM2 ...",
    help="Set minimum column widths for columnar output",
    more="""
auto            Let columns fit on the screen: what is too long ends in a mark
NUM             The least width of a column, negative to align to the right
Without arguments, columns are as wide as they need to be.
""",
)
def width(shell: Shell, arguments: list[str]) -> None:
    """Choose the least widths of columns, or that they fit on the screen."""
    shell.settings.fit = arguments == ["auto"]
    if shell.settings.fit:
        shell.settings.widths = []
        return
    try:
        shell.settings.widths = [int(word) for word in arguments]
    except ValueError:
        raise Usage from None


@command(
    "pager",
    "on|off|COMMAND",
    help="Show results that are longer than the screen by a pager: $PAGER, or COMMAND",
    raw=True,
)
def pager(shell: Shell, arguments: list[str]) -> None:
    """Choose what shows long results."""
    word = arguments[0] if arguments else ""
    if not word:
        raise Usage
    shell.pager = "" if word == "off" else default_pager() if word == "on" else word


def default_pager() -> str:
    """The pager that the user's environment names, or else the usual one."""
    return os.environ.get("FDB_PAGER") or os.environ.get("PAGER") or "less -FRSX"


_TARGET_HELP = r"""
FILE may be "|COMMAND", which then reads the result, or "off" for nowhere.
-e              Open the result in the editor that $VISUAL or $EDITOR names
-x              Open it as CSV in a spreadsheet
-w              Open it as a page of HTML in a browser
--bom           Begin the file with the byte order mark of UTF-8
"""


@command(
    "output", "?OPTIONS? ?FILE?", help="Send output to FILE or stdout if FILE is omitted", more=_TARGET_HELP
)
def output(shell: Shell, arguments: list[str]) -> None:
    """Send results elsewhere."""
    _redirect(shell, arguments, once=False)


@command("once", "?OPTIONS? FILE", help="Output for the next SQL command only to FILE", more=_TARGET_HELP)
def once(shell: Shell, arguments: list[str]) -> None:
    """Send the next result elsewhere."""
    if not arguments:
        raise Usage
    _redirect(shell, arguments, once=True)


@command("excel", help="Display the output of the next command in a spreadsheet")
def excel(shell: Shell, arguments: list[str]) -> None:
    """Send the next result to a spreadsheet."""
    if arguments:
        raise Usage
    _redirect(shell, ["-x"], once=True)


@command("www", help="Display the output of the next command in a web browser")
def www(shell: Shell, arguments: list[str]) -> None:
    """Send the next result to a browser."""
    if arguments:
        raise Usage
    _redirect(shell, ["-w"], once=True)


def _redirect(shell: Shell, arguments: list[str], once: bool) -> None:
    """Send the next result, or all that follow, where the arguments say."""
    options: set[str] = set()
    while arguments and arguments[0].startswith("-"):
        options.add(arguments[0].lstrip("-"))
        arguments = arguments[1:]
    unknown = options - {"e", "x", "w", "bom"}
    if unknown:
        raise Usage(f'unknown option: "-{min(unknown)}"')
    programs = options & {"e", "x", "w"}
    if programs:
        if arguments:
            raise Usage(f'extra argument: "{arguments[0]}"')
        _open_in_program(shell, min(programs), once)
    elif not arguments or arguments == ["stdout"]:
        shell.send_to(None)
    elif arguments[0].startswith("|"):
        shell.send_to(PipeOutput(" ".join(arguments)[1:]), once)
    elif len(arguments) > 1:
        raise Usage
    else:
        shell.send_to(file_output(os.devnull if arguments[0] == "off" else arguments[0]), once)
    if "bom" in options:
        shell.write("\ufeff")


def _open_in_program(shell: Shell, program: str, once: bool) -> None:
    """Collect what is printed in a file, and open that.

    program: ``e`` for an editor, as it is; ``x`` for a spreadsheet, as CSV; ``w`` for a browser, as HTML.
    """
    opened = late.opened_output
    if program == "e":
        shell.send_to(opened.OpenedOutput(".txt", opened.in_editor, lambda: None), once)
        return
    before = shell.settings

    def restore() -> None:
        shell.settings = before

    out = opened.OpenedOutput(".csv", opened.on_desktop, restore)
    if program == "w":
        out = opened.OpenedOutput(".html", opened.on_desktop, restore, _PAGE_HEAD, _PAGE_END)
    shell.send_to(out, once)
    shell.settings = copy(before)
    choose_mode(shell.settings, "html" if program == "w" else "csv")
    shell.settings.headers = True


_PAGE_HEAD: Final = '<!DOCTYPE html>\n<meta charset="utf-8">\n<title>fdb</title>\n<table border="1">\n'
_PAGE_END: Final = "</table>\n"


class PagedOutput(OutputStream):
    """What stays below the screen's height is written as it is; more than that is handed to a pager.

    Args:
        standard: where short results go.
        pager: the command.
        height: how many lines the screen shows.
    """

    def __init__(self, standard: OutputStream, pager: str, height: int) -> None:
        super().__init__(standard.stream, standard.name)
        self._standard: Final = standard
        self._pager: Final = pager
        self._room: int = height - 2
        self._held: list[str] = []
        self._pipe: PipeOutput | None = None

    def write(self, text: str) -> None:
        """Hold text as long as the screen has room for all; then start the pager."""
        if self._pipe is not None:
            self._pipe.write(text)
            return
        self._held.append(text)
        self._room -= text.count("\n")
        if self._room < 0:
            self._pipe = PipeOutput(self._pager)
            self._pipe.write("".join(self._held))

    def flush(self) -> None:
        """Nothing leaves before the end: until then nobody knows where to."""

    def close(self) -> None:
        """Write what was held, or wait for the pager's end."""
        if self._pipe is not None:
            self._pipe.close()
        else:
            self._standard.write("".join(self._held))
            self._standard.flush()


class PipeOutput(OutputStream):
    """A command that reads what is written."""

    def __init__(self, shell_command: str) -> None:
        self.process = subprocess.Popen(shell_command, shell=True, stdin=subprocess.PIPE)
        stream: IO[bytes] | None = self.process.stdin
        assert stream is not None
        super().__init__(stream, "|" + shell_command, owned=True)  # type: ignore[arg-type]

    def close(self) -> None:
        """Let the command see the end, and wait for its own."""
        with contextlib.suppress(BrokenPipeError):
            super().close()
        self.process.wait()
