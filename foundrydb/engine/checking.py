"""Checking the B-trees of a file for a statement that can be interrupted (PRAGMA integrity_check)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.storage.check.integrity import Watcher, integrity_check

if TYPE_CHECKING:
    from foundrydb.storage.tree.database import Database
    from foundrydb.vm.machine import Machine


@final
class Interruption(Watcher):
    """Gives the machines that run their turn to notice an interrupt."""

    def __init__(self, running: list[Machine]) -> None:
        self._running: Final = running

    def look(self) -> None:
        """Attend to what is due."""
        for machine in self._running:
            machine.attend()


def faults_of(
    database: Database, roots: list[int], limit: int, check_header: bool, running: list[Machine]
) -> list[str]:
    """The faults of a file's B-trees, at most ``limit`` of them, in SQLite's words.

    Args:
        roots: the trees' root pages.
        check_header: look at the file's header and its unused pages too.
        running: the machines that run meanwhile.
    """
    return integrity_check(database, roots, limit, check_header, Interruption(running))
