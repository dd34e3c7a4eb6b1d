"""Threads that take turns where they touch the disk, in an order that a seed determines.

One thread runs at a time.  At each call to the disk, and where it waits for a lock, it may hand over to another, so
that what a real machine does once in a million times happens all the time, and happens again with the same seed.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from harness.disk import Disk

import foundrydb
from foundrydb.storage.os.shared_memory import SharedMemory
from foundrydb.storage.os.vfs import File


class Scheduler:
    """Who runs.

    A process that is killed simply never runs again: its thread stays where it is, so that nothing of it cleans up.

    Args:
        chance: what decides.
        hand_over: how likely a call to the disk hands over to another thread.

    Attributes:
        deadline: at which turn from now the running thread is killed, 0 for none.
        power_loss: at which turn from now all are.
        killed: who was.
        bury: told who was, at once.
        failures: what threads raised.
    """

    def __init__(self, chance: random.Random, hand_over: float) -> None:
        self.chance = chance
        self.hand_over = hand_over
        self.deadline = 0
        self.power_loss = 0
        self.killed: list[int] = []
        self.failures: list[BaseException] = []
        self.running = -1
        self.bury: Callable[[int], None] = lambda number: None
        self._batons: dict[int, threading.Semaphore] = {}
        self._alive: list[int] = []
        self._done = threading.Semaphore(0)

    def run(self, work: list[Callable[[], None]]) -> None:
        """Run them all, each to its end or until it is killed.

        Raises:
            BaseException: the first that one of them raised.
        """
        self._batons = {}  # who was killed before waits for one that nobody has
        self._alive = []
        for number, each in enumerate(work):
            self._batons[number] = threading.Semaphore(0)
            self._alive.append(number)
            threading.Thread(target=self._live, args=(number, each), daemon=True).start()
        self._wake_one()
        self._done.acquire()
        self.running = -1
        if self.failures:
            raise self.failures[0]

    def _live(self, number: int, work: Callable[[], None]) -> None:
        self._batons[number].acquire()
        try:
            work()
        except BaseException as failure:
            self.failures.append(failure)
        self._leave(number)

    def _leave(self, number: int) -> None:
        self._alive.remove(number)
        if self._alive and not self.failures:
            self._wake_one()
        else:
            self._done.release()

    def _wake_one(self) -> None:
        self.running = self.chance.choice(self._alive)
        self._batons[self.running].release()

    def turn(self, waiting: bool = False) -> None:
        """Perhaps let another thread run; one that waits does so surely.  Who is killed does not come back."""
        me = self.running
        if me < 0:
            return
        if self.power_loss:
            self.power_loss -= 1
            if self.power_loss == 0:
                self._done.release()
                self._batons[me].acquire()  # for ever
        if self.deadline:
            self.deadline -= 1
            if self.deadline == 0:
                self.killed.append(me)
                self.bury(me)
                self._leave(me)
                self._batons[me].acquire()  # for ever
        if waiting or self.chance.random() < self.hand_over:
            self._wake_one()
            self._batons[me].acquire()


class SharedDisk(Disk):
    """A disk whose users take turns."""

    def __init__(self, scheduler: Scheduler, files: dict[str, bytes] | None = None) -> None:
        super().__init__(files)
        self.scheduler = scheduler
        self.clock = 0
        self._handles: dict[int, list[object]] = {}
        scheduler.bury = self.bury
        self._undivided = False

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Calls of the disk that nobody can come between."""
        self._turn()
        before = self._undivided
        self._undivided = True
        try:
            yield
        finally:
            self._undivided = before

    def _turn(self) -> None:
        if not self._undivided:
            self.scheduler.turn()

    def count(self, kind: str, path: str) -> None:
        self._turn()
        super().count(kind, path)

    def connect(self, path: str = "db", **options: Any) -> foundrydb.Connection:
        with self._whole():  # what opens files is another function meanwhile
            return super().connect(path, **options)

    def open(self, path: str, create: bool = False, read_only: bool = False, like: str = "") -> File:
        with self._whole():  # to look for a file and to create it are one call
            file = super().open(path, create, read_only, like)
        self._handles.setdefault(self.scheduler.running, []).append(file)
        return file

    def delete(self, path: str, sync_directory: bool = False) -> None:
        with self._whole():
            super().delete(path, sync_directory)

    def share_memory(self, path: str, like: str) -> SharedMemory | None:
        with self._whole():
            memory = super().share_memory(path, like)
        self._handles.setdefault(self.scheduler.running, []).append(memory)
        return memory

    def sleep(self, milliseconds: int) -> None:
        self.clock += milliseconds
        self.scheduler.turn(waiting=True)

    def bury(self, number: int) -> None:
        """The system gives back what a killed process had locked."""
        gone = self._handles.pop(number, [])
        for inode in self.names.values():
            inode.handles[:] = [each for each in inode.handles if each not in gone]
        for store in self.shared.values():
            store.users[:] = [each for each in store.users if each not in gone]
