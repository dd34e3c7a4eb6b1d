"""Whether a long compilation may go on.

A few views that each use the one before twice make a query of any size.  So every query that is planned, and every node
that is coded, first asks here; the connection's own ``Watch`` raises what an interrupt, or the user's progress handler,
calls for.
"""

from __future__ import annotations


class Watch:
    """Lets every compilation go on."""

    def look(self) -> None:
        """Go on, or raise ``SQLITE_INTERRUPT``."""
