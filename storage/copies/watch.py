"""Who waits for a copy."""

from __future__ import annotations


class CopyWatch:
    """Hears of the progress of a copy, and may stop it; this one does nothing."""

    def step(self, entries: int) -> None:
        """A page comes next, with so many entries; whatever this raises ends the copy."""
