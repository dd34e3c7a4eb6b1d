"""A session of the debugger: what is debugged, where it stops, and where the answers go."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from foundrydb.errors import Error
from foundrydb.toolkit.debugging.script import Script
from foundrydb.toolkit.debugging.target import OnPage, StopTarget
from foundrydb.toolkit.debugging.target_text import TargetError, read_target
from foundrydb.tools.debug.command import CommandRefused, SessionOver, find_command
from foundrydb.tools.debug.view import StateView, counted
from foundrydb.tools.output.problems import describe

if TYPE_CHECKING:
    from types import FrameType

    from foundrydb.toolkit.debugging.recorded_run import RecordedRun
    from foundrydb.toolkit.debugging.state import State


class Debugger:
    """A session.

    Attributes:
        script: what is debugged.
        stops: by number, where it stops.
        view: how it is shown.
        write: takes lines of answers.
    """

    def __init__(self, script: Script, write: Callable[[str], None]) -> None:
        self.script: Final = script
        self.stops: Final[dict[int, StopTarget]] = {}
        self.view: Final = StateView()
        self.write: Final = write
        self._interrupted = False
        script.asked_to_stop = self._asked

    def _asked(self) -> bool:
        return self._interrupted

    # what commands use --------------------------------------------------------------------------------------

    @property
    def run(self) -> RecordedRun:
        """The run of the statement that is debugged.

        Raises:
            CommandRefused: there is none.
        """
        if self.script.run is None:
            raise CommandRefused(self.over() or "this statement is wrong; statement goes on to the next one")
        return self.script.run

    def over(self) -> str:
        """That there is no statement any more, "" where there is one."""
        script = self.script
        if script.index < len(script.statements):
            return ""
        failed = script.index - 1 in script.failures
        return "that was the last statement, and it failed" if failed else "all statements have run"

    def state(self) -> State:
        """What there is now."""
        return self.run.state()

    def target(self, text: str) -> StopTarget:
        """The target that a text says.

        Raises:
            CommandRefused: it says none.
        """
        text = text.strip()
        if text.lower().startswith("to "):
            text = text[3:]
        try:
            return read_target(text, self.run)
        except TargetError as problem:
            raise CommandRefused(str(problem)) from problem

    def missing_page(self, target: OnPage) -> str:
        """That a database has no page of that number, "" where it has."""
        attached = self.script.connection.engine.attached
        count = int(attached.database(target.database).page_count())
        name = attached.all[target.database].name
        return "" if target.page <= count else f"{name} has {counted(count, 'page')}"

    def show(self) -> None:
        """Show where the run stands."""
        for line in self.view.where(self.run, self.state()):
            self.write(line)

    # commands -----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Say which of the statements before failed, and show the first one that is debugged."""
        for index in sorted(self.script.failures):
            self.tell_failure(index)
        self.stand()

    def stand(self) -> None:
        """Show the statement, and where it stands."""
        self.announce()
        self.show()

    def tell_failure(self, index: int) -> None:
        """Say that a statement has failed."""
        for line in describe(self.script.failures[index], f"statement {index + 1} failed: ").split("\n"):
            self.write(line)

    def announce(self) -> None:
        """Say which statement is debugged."""
        script = self.script
        if len(script.statements) > 1:
            self.write(f"-- statement {script.index + 1} of {len(script.statements)}")

    def obey(self, line: str) -> bool:
        """Carry out a command; False where it is the last one.  What is wrong is said in one line."""
        word, _, rest = line.strip().partition(" ")
        if not word or word.startswith("#"):
            return True
        try:
            with self._interruptible():
                find_command(word).call(self, rest.strip())
        except CommandRefused as problem:
            self.write(str(problem))
        except Error as problem:
            for text in describe(problem).split("\n"):
                self.write(text)
        except SessionOver:
            return False
        return True

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Have Ctrl-C make a pause in what runs, where signals come to this thread."""
        self._interrupted = False
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def interrupt(number: int, frame: FrameType | None) -> None:
            if self._interrupted:  # the second time: what runs does not come to a pause
                self.script.connection.interrupt()
            self._interrupted = True

        before = signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
