"""The transaction log as the pager sees it: what makes a transaction's changes whole or void.

The pager has the pages, a log has the files and their locks.  One transaction after another passes through it::

    begin_read -> Snapshot       the database as this transaction sees it, until end_read
        read                     a page of it, by number
        begin_write              one writer at a time
            before_change, keep  a page is about to change: whoever needs its old image is given it
            mark, back_to        a moment inside the transaction, and what to go back to it
            may_spill, spill     pages that find no room in memory any more
            claim, prepare       the changes are durable, but void
            finish | undo        the one call with which they count | as if they had never been
    end_read

``RollbackLog`` keeps old images and writes new ones into the file; ``PrivateLog`` does the same for a file that nobody
else sees.  ``WriteAheadLog`` is told apart by four answers: ``read`` looks into the log first, up to the snapshot's
end; ``before_change`` wants no image, as the file keeps the old ones; ``spill`` and ``prepare`` append frames; ``undo``
forgets them.  Its checkpoints are its own: they happen between transactions.

What every log promises:

1. From ``begin_read`` to ``end_read`` ``read`` gives the snapshot's pages, and within a write transaction those that
   were spilled since as they were spilled.
2. Until ``finish`` is entered, a loss of power leaves the database as the snapshot; once it has returned, as the
   commit wants it.
3. ``prepare`` has synced all that ``finish`` needs, where syncing is on.
4. A call that raises leaves a transaction that can be undone.  After ``spill`` or ``prepare`` raised, only ``undo``
   follows.  ``finish`` that raises tells by ``writing`` whether the transaction is over nevertheless.
5. Locks that cannot be given back do not count as failures: they go with the next ones.
"""

from __future__ import annotations

from typing import Final, final

from mypy_extensions import i64, mypyc_attr

from foundrydb.storage.os.busy import Patience

# PRAGMA synchronous.
OFF: Final = 0
NORMAL: Final = 1
FULL: Final = 2
EXTRA: Final = 3

AUTO_CHECKPOINT: Final = 1000

# Of a checkpoint; see ``wal.checkpoint``.
PASSIVE: Final = "passive"
WAITING: Final = ("full", "restart", "truncate")
CHECKPOINT_MODES: Final = (PASSIVE, *WAITING, "noop")


@final
class Snapshot:
    """The state of the database that a transaction sees; another state is another object.

    Attributes:
        page_count: pages in the database, 0 while the file is empty.
        page_size, reserved: bytes in a page, and how many of them at its end are not the database's; 0 and 0 while
            the file is empty, and the page size is still to be chosen.
        counter: the header's change counter.
        changed: whether somebody else made it of the state that the log gave before: no cached page is to be believed,
            unless the next two tell which are.
        since, pages: the state that the log gave before, None where there is nothing known of what was changed since,
            and the pages that were.
    """

    def __init__(self, page_count: i64, page_size: int, reserved: int, counter: int, changed: bool) -> None:
        self.page_count: Final[i64] = page_count
        self.page_size: Final = page_size
        self.reserved: Final = reserved
        self.counter: Final = counter
        self.changed: Final = changed
        self.since: Snapshot | None = None
        self.pages: list[int] = []


@final
class CheckpointResult:
    """What a checkpoint came to.

    Attributes:
        busy: whether somebody was in the way of what was asked for.
        frames: how many frames the log has, -1 where there is none.
        copied: how many of them are in the database.
    """

    def __init__(self, busy: bool, frames: int, copied: int) -> None:
        self.busy: Final = busy
        self.frames: Final = frames
        self.copied: Final = copied


@final
class PageImage:
    """What a page is to be."""

    def __init__(self, number: i64, data: bytes) -> None:
        self.number: Final[i64] = number
        self.data: Final = data


class OldImages:
    """The images of a log's that lead back to a mark, one after another; this one has none.

    Attributes:
        number, image: the page that ``next`` found.
    """

    def __init__(self) -> None:
        self.number: i64 = 0
        self.image = b""

    def next(self) -> bool:
        """Find the next image; False at the end."""
        return False


class TransactionLog:
    """What makes a transaction's changes whole or void.

    Attributes:
        snapshot: the database when this log last looked, or when its last commit had ended.
        writing: whether a write transaction is open.
        page_size: bytes in a page.
        superseded: whether the database is in a mode of which this is not the log, so that ``begin_read`` gives None:
            ``opening.next_log`` has the one that is.
        before: of a write-ahead log: the one that the database had before, and has again when it leaves WAL mode.
        auto_checkpoint: PRAGMA wal_autocheckpoint: frames in the log after which a commit copies them back.
        logged: frames in a write-ahead log since its last commit, until somebody has taken notice.
        size_limit: PRAGMA journal_size_limit: bytes that a log's file keeps when it begins anew, -1 for all.
        counts_commits: whether every commit must change the header's change counter, by which other connections know.
        keeps_locks: whether a lock that was taken stays when its transaction ends (PRAGMA locking_mode).
        read_only: whether the database cannot be written.
        path, journal_path: where the database lies, and its rollback journal; "" for a private one.
    """

    def __init__(self, path: str, page_size: int) -> None:
        self.path: Final = path
        self.journal_path: Final = path and path + "-journal"
        self.snapshot = Snapshot(0, 0, 0, 0, False)
        self.writing = False
        self.superseded = False
        self.before: TransactionLog | None = None
        self.auto_checkpoint = AUTO_CHECKPOINT
        self.logged: i64 = 0
        self.size_limit = -1
        self.page_size: i64 = page_size
        self.counts_commits = True
        self.keeps_locks = False
        self.read_only = False

    def take_over(self, other: TransactionLog) -> None:
        """Take over what was set for the log that the database had so far."""
        self.read_only = other.read_only
        self.keeps_locks = other.keeps_locks
        self.auto_checkpoint = other.auto_checkpoint
        self.size_limit = other.size_limit

    # reading ------------------------------------------------------------------------------------------------

    def begin_read(self) -> Snapshot | None:
        """Fix what is read until ``end_read``; what a dead writer left is undone first.

        Returns:
            None where another connection is in the way; nothing is locked then.

        Raises:
            Error: ``SQLITE_NOTADB``, ``CorruptError``, what the file answered; nothing is locked then.
        """
        raise NotImplementedError

    def end_read(self) -> None:
        """Give the snapshot up, and all locks."""
        raise NotImplementedError

    def read(self, number: i64, size: i64) -> bytes:
        """The first ``size`` bytes of a page; fewer where the file ends before."""
        raise NotImplementedError

    def read_row(self, number: i64, count: i64) -> bytes:
        """So many pages from one on, whole; fewer bytes where the file ends before."""
        pages: list[bytes] = []
        last = number + count
        while number < last:
            pages.append(self.read(number, self.page_size))
            number += 1
        return b"".join(pages)

    # writing ------------------------------------------------------------------------------------------------

    def begin_write(self, sync_level: int) -> bool:
        """Begin a write transaction within the read transaction; False where another connection writes.

        Args:
            sync_level: PRAGMA synchronous, for this transaction.

        Raises:
            Error: ``SQLITE_READONLY``, or ``SQLITE_BUSY`` where waiting for others was of no use.
        """
        raise NotImplementedError

    def end_write(self) -> None:
        """Give up the right to write, before anything was changed."""
        raise NotImplementedError

    def lay_out(self, page_size: int) -> None:
        """Take over another page size; nothing has been changed yet."""
        raise NotImplementedError

    def recast(self, page_size: int) -> None:
        """Take over another page size within a write transaction that has given up, or put back, all pages."""
        raise NotImplementedError

    def before_change(self, number: i64) -> bool:
        """Announce that a page changes, is cut off or is new; True where ``keep`` must be given its image first."""
        raise NotImplementedError

    def keep(self, number: i64, image: bytes) -> None:
        """Take the image that the page has had so far."""
        raise NotImplementedError

    def changed(self, number: i64) -> bool:
        """Whether the page as ``read`` gives it may be another than in the snapshot."""
        raise NotImplementedError

    def changed_pages(self, page_count: i64) -> list[int]:
        """The pages, of ``page_count``, of which ``changed`` is true, in their order."""
        raise NotImplementedError

    def may_spill(self) -> bool:
        """Whether pages can leave the memory before the commit."""
        raise NotImplementedError

    def spill(self, pages: list[PageImage]) -> None:
        """Take pages of the running transaction out of the memory; ``read`` gives them from now on."""
        raise NotImplementedError

    def mark(self) -> int:
        """The present moment, for ``back_to``."""
        raise NotImplementedError

    def back_to(self, mark: int) -> OldImages:
        """Go back to a moment of this transaction: the images that the pager is to put back, the right one first."""
        raise NotImplementedError

    # ending -------------------------------------------------------------------------------------------------

    def claim(self) -> None:
        """Wait until nobody is in the way of a commit; nothing is written yet.

        Raises:
            Error: ``SQLITE_BUSY``; the transaction goes on.
        """
        raise NotImplementedError

    def prepare(self, commit: Commit, super_journal: str) -> None:
        """All of a commit but the moment in which it counts.

        Args:
            commit: what the transaction wants.
            super_journal: the file that lists the journals of a transaction over several files, "" for none.
        """
        raise NotImplementedError

    def finish(self, decided: bool) -> None:
        """End the transaction: what was prepared counts from now on.

        Args:
            decided: the super-journal is gone, so that this is committed whatever happens here.

        Raises:
            Error: ``writing`` tells whether it is committed (a loss of power could still undo it) or can be undone.
        """
        raise NotImplementedError

    def undo(self) -> None:
        """End the transaction as if it had not been.

        Raises:
            Error: what was in the way; ``abandon`` must follow.
        """
        raise NotImplementedError

    def recoverable(self) -> bool:
        """Whether the transaction can be undone, if not now then by whoever reads next."""
        raise NotImplementedError

    def abandon(self) -> None:
        """End a transaction that could not be undone, and leave that to ``recover`` or the next reader."""
        raise NotImplementedError

    def recover(self) -> None:
        """Undo an abandoned transaction that only this process can undo."""
        raise NotImplementedError

    def survives_power_loss(self) -> bool:
        """Whether a loss of power in the middle of the commit could be undone."""
        return False

    def after_fork(self, reading: bool) -> bool:
        """In a forked child: leave locks, and a transaction, to the parent; False where the file could not be kept.

        Args:
            reading: whether a transaction is open.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Give up the locks and the files."""
        raise NotImplementedError

    # journal_mode -------------------------------------------------------------------------------------------

    def keep_locks(self, keep: bool) -> None:
        """PRAGMA locking_mode: have locks stay when their transaction ends, where that can be chosen."""
        self.keeps_locks = keep

    def mode(self) -> str:
        """PRAGMA journal_mode."""
        raise NotImplementedError

    def may_write_ahead(self) -> bool:
        """Whether the database could be in WAL mode: there is a file, and its index can be shared."""
        return False

    def leave(self) -> None:
        """Leave WAL mode: this log is superseded then.

        Raises:
            Error: ``SQLITE_BUSY``: another connection has the database open.
        """
        raise NotImplementedError

    def checkpoint(self, mode: str, sync_level: int, patience: Patience) -> CheckpointResult:
        """Between transactions: copy what was written ahead into the database; see ``wal.checkpoint`` for the modes."""
        return CheckpointResult(False, -1, -1)

    def set_mode(self, mode: str) -> bool:
        """Choose the journal mode of the next transactions, if this log has it.

        Returns:
            Whether ``delete_journal`` has something to do.
        """
        raise NotImplementedError

    def confine_journal(self) -> None:
        """Have the journal in memory, and from now on no mode that puts it elsewhere."""
        raise NotImplementedError

    def delete_journal(self) -> None:
        """Within a read transaction: delete a journal that was kept for further use, unless somebody uses it."""
        raise NotImplementedError


@final
class Commit:
    """What a transaction is about to make of the database.

    Attributes:
        page_size, reserved: bytes in a page, and how many of them at its end are not the database's.
        page_count: pages in the database from now on.
        images: the changed pages that are still in memory, in their order.
        with_others: whether it is a part of a transaction over several databases.
    """

    def __init__(
        self,
        log: TransactionLog,
        page_count: i64,
        images: list[PageImage],
        reserved: int = 0,
        with_others: bool = False,
    ) -> None:
        self._log: Final = log
        self.page_size: Final = int(log.page_size)
        self.reserved: Final = reserved
        self.page_count: Final[i64] = page_count
        self.images: Final = images
        self.with_others: Final = with_others

    def numbers(self) -> list[int]:
        """The pages that the transaction has changed, in their order; those beyond the database's end are left out."""
        numbers = self._log.changed_pages(self.page_count)
        return sorted({*numbers, *[int(page.number) for page in self.images]})

    def image(self, number: int) -> bytes:
        """What page ``number`` is to be, whether it is in memory or was spilled."""
        low, high = 0, len(self.images)
        while low < high:
            middle = (low + high) // 2
            if self.images[middle].number < number:
                low = middle + 1
            else:
                high = middle
        if low < len(self.images) and self.images[low].number == number:
            return self.images[low].data
        return self._log.read(number, self.page_size)


@mypyc_attr(allow_interpreted_subclasses=True)
class CommitListener:
    """Somebody who sees every commit of a database before it happens, and may forbid it.

    What is seen is what the file will be: page images, the change counter in page 1's header included.
    """

    def before_commit(self, commit: Commit) -> None:
        """The commit is about to be written; nobody else reads or writes the database any more.

        Whatever this raises forbids the commit: nothing was written, and the transaction can be rolled back.
        """

    def committed(self) -> None:
        """The commit that ``before_commit`` has seen counts."""

    def undone(self) -> None:
        """The commit that ``before_commit`` has seen, and allowed, was rolled back."""
