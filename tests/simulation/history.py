"""What connections did and saw, held against one order of whole transactions.

The database has a version, which each writing transaction makes one larger, and a few counters, which it changes with
it.  Whoever commits says what the counters are from then on.  Whatever a transaction reads must be one version, whole:
not older than what was acknowledged when it began, not newer than what somebody had begun to commit when it ended.
"""

from __future__ import annotations

COUNTERS = 12

State = tuple[int, ...]


class Wrong(AssertionError):
    """Something was seen that no order of the transactions explains."""


class History:
    """All that was committed, by version.

    Attributes:
        states: the counters of each version that somebody has begun to commit.
        acknowledged: the last version that somebody was told is committed.
    """

    def __init__(self) -> None:
        self.states: dict[int, list[State]] = {0: [(0,) * COUNTERS]}
        self.acknowledged = 0
        self._told = {0}

    def attempt(self, version: int, state: State) -> None:
        """Somebody is about to commit this."""
        if version <= self.acknowledged:
            raise Wrong(f"version {version} is to be written again; {self.acknowledged} is committed")
        self.states.setdefault(version, []).append(state)

    def acknowledge(self, version: int, state: State) -> None:
        """Somebody was told that this is committed."""
        if version in self._told:
            raise Wrong(f"version {version} was committed twice")
        self._told.add(version)
        self.acknowledged = max(version, self.acknowledged)
        self.states[version] = [state]

    def check(self, version: int, state: State, oldest: int, who: str) -> None:
        """Somebody has read this, in a transaction that began when ``oldest`` was acknowledged."""
        if version < oldest:
            raise Wrong(f"{who} reads version {version}, though {oldest} was acknowledged before")
        if state not in self.states.get(version, []):
            raise Wrong(f"{who} reads {state} as version {version}: {self.states.get(version)}")

    def restart(self, version: int, state: State, durable: int) -> None:
        """After a loss of power the database is as this version; what came after it never was."""
        self.check(version, state, durable, "recovery")
        for each in [number for number in self.states if number > version]:
            del self.states[each]
        self._told = set(self.states)
        self.states[version] = [state]
        self.acknowledged = version
