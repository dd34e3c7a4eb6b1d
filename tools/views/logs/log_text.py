"""A database's logs (see ``log_survey``) as text."""

from __future__ import annotations

from typing import Final, TypeVar

from foundrydb.storage.log.rollback.journal import ALL_RECORDS
from foundrydb.storage.os.lock_probe import HeldLock
from foundrydb.storage.os.mapped_memory import IN_USE
from foundrydb.storage.os.range_locks import READ, UNLOCKED
from foundrydb.tools.views.excerpt import Excerpt, plural
from foundrydb.tools.views.logs.ahead_reading import AheadHeader, AheadLog, LogFrame, LogTransaction
from foundrydb.tools.views.logs.checkpoint_forecast import forecast_text
from foundrydb.tools.views.logs.index_reading import AheadIndex, ReadMark
from foundrydb.tools.views.logs.journal_reading import JournalRecord, JournalSection, RollbackJournal
from foundrydb.tools.views.logs.log_fault import LogFault
from foundrydb.tools.views.logs.log_survey import LogSurvey

T = TypeVar("T")

JOURNAL_STATES: Final = {
    "void": "void: it has no effect",
    "in use": "in use: a transaction is being written",
    "stray": "stray: there is nothing in the database that it could undo, and the next to open it deletes the journal",
    "committed": "void: the super-journal that it names is gone, so that its transaction was committed",
    "hot": "hot: the next to open the database undoes the transaction",
}
"""What each state of a journal means."""

LOCK_NAMES: Final = ("write", "checkpoint", "recovery")


def survey_text(survey: LogSurvey) -> str:
    """Everything that was found, as lines."""
    lines = [_database_line(survey)]
    if survey.journal is not None:
        lines += ["", *_journal_lines(survey, survey.journal)]
    if survey.log is not None:
        lines += ["", *_log_lines(survey.log)]
    if survey.index is not None:
        lines += ["", *_index_lines(survey.index, survey.log)]
    if survey.forecast is not None:
        lines += ["", forecast_text(survey.forecast)]
    if survey.journal is None and survey.log is None:
        lines += ["", "no log lies beside it: nothing to undo, nothing to copy"]
    return "\n".join(lines) + "\n"


def _database_line(survey: LogSurvey) -> str:
    if survey.size < 0:
        return f"{survey.path}: there is no such database"
    shape = survey.shape
    if shape is None:
        return f"{survey.path}: {plural(survey.size, 'byte')}, no header of a database"
    mode = {1: "rollback journal", 2: "write-ahead log"}.get(shape.write_version, "unknown")
    writer = "" if not survey.writing else f", a writer is at work{_process(survey.locks[1])}"
    return (
        f"{survey.path}: {plural(shape.page_count, 'page')} of {shape.page_size} bytes, mode: {mode}{writer}"
    )


def _process(lock: HeldLock) -> str:
    return f" (process {lock.process})" if lock.process else ""


def _fault_lines(faults: list[LogFault]) -> list[str]:
    return [f"!! offset {fault.offset:,}: {fault.text}" for fault in faults]


def _parts(excerpt: Excerpt[T], noun: str) -> list[T | str]:
    """What is kept, with a line for what is not between it."""
    if not excerpt.left_out:
        return list(excerpt.kept())
    return [*excerpt.head, f"… {plural(excerpt.left_out, noun)} not shown", *excerpt.tail]


# the rollback journal -----------------------------------------------------------------------------------------


def _journal_lines(survey: LogSurvey, journal: RollbackJournal) -> list[str]:
    lines = [
        f"rollback journal: {journal.path}, {plural(journal.size, 'byte')}",
        f"  {JOURNAL_STATES[survey.journal_state]}",
    ]
    for section in _parts(journal.sections, "section"):
        lines.append(f"  {section if isinstance(section, str) else section_text(section)}")
    if journal.records.count:
        lines.append(f"  {'record':>8} {'section':>8} {'offset':>12} {'page':>10}  checksum")
        for record in _parts(journal.records, "record"):
            lines.append(f"  {record}" if isinstance(record, str) else _record_line(record))
    if journal.end:
        lines.append(f"  ends after {plural(journal.good, 'record')}: {journal.end}")
    if journal.rest:
        lines.append(f"  {plural(journal.rest, 'byte')} after that do not count")
    if journal.super_name:
        there = "which is there" if survey.super_size > 0 else "which is gone"
        lines.append(f"  super-journal: {journal.super_name}, {there}")
    if journal.good and survey.journal_state in ("hot", "in use"):
        lines.append(
            f"  undoing it puts back {plural(journal.good, 'page')} and leaves {plural(journal.page_count, 'page')}"
        )
    return lines + _fault_lines(journal.faults)


def section_text(section: JournalSection) -> str:
    """A section's header on one line."""
    magic = "magic good" if section.durable else "no magic yet: not synced"
    promised = "as many records as follow" if section.promised == ALL_RECORDS else ""
    return (
        f"section {section.number}, offset {section.offset:,}: {magic}, "
        f"{promised or plural(section.promised, 'record')} ({section.records:,} good), nonce {section.nonce:#010x}, "
        f"{plural(section.page_count, 'page')} before, sectors of {section.sector} bytes, "
        f"pages of {section.page_size} bytes"
    )


def _record_line(record: JournalRecord) -> str:
    judged = record.fault or "good"
    return f"  {record.number:8,} {record.section:8,} {record.offset:12,} {record.page:10,}  {judged}"


# the write-ahead log ------------------------------------------------------------------------------------------


def _log_lines(log: AheadLog) -> list[str]:
    lines = [f"write-ahead log: {log.path}, {plural(log.size, 'byte')}"]
    if log.header is not None:
        lines += [f"  {line}" for line in header_lines(log.header)]
    lines.append(f"  {counts_text(log)}")
    lines.append(f"  ends after frame {log.valid:,}: {log.end}")
    if log.transactions.count:
        lines.append(f"  {'transaction':>12} {'frames':>16}  pages after it")
        for transaction in _parts(log.transactions, "transaction"):
            shown = transaction if isinstance(transaction, str) else _transaction_line(transaction)
            lines.append(f"  {shown}")
    if log.frames.count:
        lines.append(f"  {'frame':>8} {'offset':>12} {'page':>10} {'commit':>8}  salts  checksum")
        for frame in _parts(log.frames, "frame"):
            lines.append(f"  {frame if isinstance(frame, str) else _frame_line(frame, log)}")
    if log.changed:
        lines.append("  somebody began the log anew while it was read: look again")
    return lines + _fault_lines(log.faults)


def header_lines(header: AheadHeader) -> list[str]:
    """A log's header."""
    order = "big-endian" if header.big_endian else "little-endian"
    return [
        f"magic {header.magic:#010x} ({f'checksums of {order} words' if header.magic_good else 'bad'}), "
        f"format {header.version}{'' if header.version_good else ' (unknown)'}, "
        f"pages of {header.page_size} bytes{'' if header.size_good else ' (impossible)'}",
        f"sequence {header.sequence:,}, salts {header.salts[:4].hex()} {header.salts[4:].hex()}, "
        f"checksum {'good' if header.checksum_good else 'bad'}",
    ]


def counts_text(log: AheadLog) -> str:
    """How many frames there are, and of what kind."""
    parts = [f"{plural(log.frames.count, 'frame')}: {log.committed:,} committed"]
    unfinished = log.valid - log.committed
    void = log.frames.count - log.valid - log.left_over
    if unfinished:
        parts.append(f"{unfinished:,} of a transaction without an end")
    if log.left_over:
        parts.append(f"{log.left_over:,} left over from an earlier use")
    if void:
        parts.append(f"{void:,} behind the log's end")
    return ", ".join(parts)


def _transaction_line(transaction: LogTransaction) -> str:
    frames = f"{transaction.first:,}-{transaction.last:,}"
    return f"{transaction.number:12,} {frames:>16}  {transaction.page_count:,}"


def _frame_line(frame: LogFrame, log: AheadLog) -> str:
    commit = f"{frame.commit:,}" if frame.commit else "-"
    salts = "good" if frame.salts_good else "other"
    sums = "good" if frame.checksum_good else "bad"
    state = "" if frame.state == "committed" else frame.state
    if frame.number == log.committed:
        state = "the last that counts"
    line = f"{frame.number:8,} {frame.offset:12,} {frame.page:10,} {commit:>8}  {salts:5}  {sums:8}  {state}"
    return line.rstrip()


# its index ----------------------------------------------------------------------------------------------------


def _index_lines(index: AheadIndex, log: AheadLog | None) -> list[str]:
    lines = [f"its index: {index.path}, {plural(index.size, 'byte')}, {_users(index)}"]
    header = index.header
    if header is None:
        return [*lines, f"  {index.why_not}", *_fault_lines(index.faults)]
    same = log is not None and log.header is not None and log.header.salts == header.salts
    lines += [
        f"  {plural(int(header.changes), 'commit')}, last frame {header.last_frame:,}, "
        f"{plural(int(header.page_count), 'page')} of {header.page_size} bytes, checksum good, "
        f"salts {'of this log' if same else 'of another log'}",
        f"  copied into the database: {index.backfill:,} of {plural(int(header.last_frame), 'frame')} "
        f"(set out for: {index.attempted:,})",
    ]
    locks = [f"{name}: {lock_text(index.lock(which))}" for which, name in enumerate(LOCK_NAMES)]
    lines.append(f"  locks: {', '.join(locks)}")
    lines += [f"  {mark_text(mark, log)}" for mark in index.marks]
    return lines + _fault_lines(index.faults)


def _users(index: AheadIndex) -> str:
    if index.in_use is None:
        return "who uses it cannot be told here"
    if not index.in_use:
        return "which nobody has open: it means nothing, and is made anew"
    return f"in use{_process(index.locks[IN_USE])}"


def lock_text(lock: HeldLock | None) -> str:
    """Who holds a lock, in words."""
    if lock is None:
        return "cannot be told"
    if lock.kind == UNLOCKED:
        return "free"
    return f"held {'shared' if lock.kind == READ else 'exclusively'}{_process(lock)}"


def mark_text(mark: ReadMark, log: AheadLog | None) -> str:
    """What the readers of a mark see."""
    if mark.unused:
        sees = "not used"
    elif mark.number == 0:
        sees = "the database alone"
    else:
        sees = f"frame {mark.frame:,}"
        transaction = log.marked.get(mark.frame) if log is not None else None
        if transaction is not None:
            pages = plural(transaction.page_count, "page")
            sees += f", the end of transaction {transaction.number:,}: a database of {pages}"
    return f"read mark {mark.number}: {sees}; lock {lock_text(mark.lock)}"
