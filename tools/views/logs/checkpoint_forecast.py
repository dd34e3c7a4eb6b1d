"""What a passive checkpoint would copy if it ran now, and why no more.

The rules are those of :mod:`foundrydb.storage.log.wal.checkpoint`: nothing past the read mark of a reader, nothing
while somebody reads the database without the log, and one checkpoint at a time.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from foundrydb.storage.format.page_numbers import PageSet
from foundrydb.storage.log.wal.wal_index import CHECKPOINT_LOCK
from foundrydb.storage.os.range_locks import UNLOCKED
from foundrydb.storage.os.vfs import File
from foundrydb.tools.views.excerpt import plural
from foundrydb.tools.views.logs.ahead_reading import AheadLog
from foundrydb.tools.views.logs.index_reading import AheadIndex

MOST_PAGES: Final = 1 << 26
"""Pages that are told apart; in a larger database those beyond are not counted."""


class CheckpointForecast(NamedTuple):
    """What would be copied.

    Attributes:
        first, last: the frames; ``last`` is less than ``first`` where nothing is.
        pages: pages that they hold: the newest frame of each is copied.
        whole: whether the log could begin anew after it.
        why: what ends it there.
    """

    first: int
    last: int
    pages: int
    whole: bool
    why: str


def forecast(log: AheadLog, index: AheadIndex | None, file: File) -> CheckpointForecast | None:
    """What a passive checkpoint would do; None where there is nothing committed.

    Args:
        file: the log's.
    """
    if log.committed == 0:
        return None
    if index is None or index.in_use is False or index.header is None:
        why = "nobody has the database open: who opens it first makes the index anew"
        return CheckpointForecast(1, log.committed, _pages(log, file, 1, log.committed), True, why)
    last = min(int(index.header.last_frame), log.committed)
    first = min(index.backfill, last) + 1
    if first > last:
        why = "all of it was copied: the next writer begins the log anew unless somebody reads it"
        return CheckpointForecast(first, last, 0, True, why)
    safe, why = _limit(index, last)
    if safe < first:
        return CheckpointForecast(first, first - 1, 0, False, why)
    return CheckpointForecast(first, safe, _pages(log, file, first, safe), safe == last, why)


def _limit(index: AheadIndex, last: int) -> tuple[int, str]:
    """The last frame that may be copied, and why."""
    lock = index.lock(CHECKPOINT_LOCK)
    if lock is not None and lock.kind != UNLOCKED:
        return 0, "another checkpoint is running"
    if index.marks[0].held:
        return 0, "somebody reads the database without the log (read mark 0)"
    safe, why = last, "no reader needs an older page"
    for mark in index.marks[1:]:
        if mark.frame < safe and (mark.held or mark.lock is None):
            safe = mark.frame
            sure = "" if mark.held else ", if there still is one"
            why = (
                f"the reader of mark {mark.number} needs the pages as they were at frame {mark.frame:,}{sure}"
            )
    return safe, why


def _pages(log: AheadLog, file: File, first: int, last: int) -> int:
    """How many pages of the database some frames hold."""
    seen = PageSet(min(log.page_count, MOST_PAGES))
    count = 0
    for frame in range(first, last + 1):
        page = int.from_bytes(file.read(log.offset(frame), 4), "big")
        if 0 < page <= seen.bound and not seen.has(page):
            seen.add(page)
            count += 1
    return count


def forecast_text(forecast: CheckpointForecast) -> str:
    """The forecast as a sentence."""
    if forecast.last < forecast.first:
        return f"a checkpoint would copy nothing: {forecast.why}"
    if forecast.first == forecast.last:
        frames = f"frame {forecast.first:,}"
    else:
        frames = f"frames {forecast.first:,} to {forecast.last:,}"
    scope = "and with it all" if forecast.whole else "no more"
    return f"a checkpoint would copy {frames} ({plural(forecast.pages, 'page')}), {scope}: {forecast.why}"
