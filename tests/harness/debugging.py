"""Sessions of the debugger as text: commands behind the prompt, and what is answered."""

from __future__ import annotations

import foundrydb
from foundrydb.toolkit.debugging.script import Script
from foundrydb.tools.debug.debugger import Debugger
from foundrydb.tools.debug.prompt import PROMPT


def play_commands(connection: foundrydb.Connection, sql: str, session: str) -> str:
    """The session again, with the answers of now in the place of those in the text."""
    lines: list[str] = []
    script = Script(connection, sql)
    try:
        debugger = Debugger(script, lines.append)
        debugger.begin()
        for line in session.splitlines():
            if line.startswith(PROMPT):
                lines.append(line)
                if not debugger.obey(line.removeprefix(PROMPT)):
                    break
    finally:
        script.close()
    return "".join(f"{line.rstrip()}\n" for line in lines)
