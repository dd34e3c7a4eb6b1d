"""A database's logs (see ``log_survey``) as JSON."""

from __future__ import annotations

import json
from typing import Any, Final

from foundrydb.storage.log.rollback.journal import ALL_RECORDS
from foundrydb.storage.os.lock_probe import HeldLock
from foundrydb.storage.os.range_locks import READ, UNLOCKED
from foundrydb.tools.views.excerpt import Excerpt
from foundrydb.tools.views.logs.ahead_reading import AheadLog
from foundrydb.tools.views.logs.index_reading import AheadIndex
from foundrydb.tools.views.logs.journal_reading import RollbackJournal
from foundrydb.tools.views.logs.log_fault import LogFault
from foundrydb.tools.views.logs.log_survey import LogSurvey

LOCKS: Final = ("write", "checkpoint", "recovery", "read 0", "read 1", "read 2", "read 3", "read 4", "in use")


def survey_json(survey: LogSurvey) -> str:
    """Everything that was found."""
    shape = survey.shape
    document: dict[str, Any] = {
        "database": survey.path,
        "size": None if survey.size < 0 else survey.size,
        "page_size": shape.page_size if shape is not None else None,
        "page_count": shape.page_count if shape is not None else None,
        "write_version": shape.write_version if shape is not None else None,
        "writer": survey.writing,
        "journal": _journal(survey, survey.journal) if survey.journal is not None else None,
        "wal": _log(survey.log) if survey.log is not None else None,
        "index": _index(survey.index) if survey.index is not None else None,
        "checkpoint": survey.forecast._asdict() if survey.forecast is not None else None,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _list(excerpt: Excerpt[Any], items: list[dict[str, Any]]) -> dict[str, Any]:
    """The items that are kept, and how many are missing behind the first ``head`` of them."""
    result: dict[str, Any] = {"count": excerpt.count, "items": items}
    if excerpt.left_out:
        result |= {"head": len(excerpt.head), "not_shown": excerpt.left_out}
    return result


def _faults(faults: list[LogFault]) -> list[dict[str, Any]]:
    return [{"offset": fault.offset, "fault": fault.text} for fault in faults]


def _journal(survey: LogSurvey, journal: RollbackJournal) -> dict[str, Any]:
    sections = [
        {
            "section": each.number,
            "offset": each.offset,
            "magic": each.durable,
            "records_promised": None if each.promised == ALL_RECORDS else each.promised,
            "records": each.records,
            "nonce": each.nonce,
            "page_count": each.page_count,
            "sector_size": each.sector,
            "page_size": each.page_size,
        }
        for each in journal.sections.kept()
    ]
    records = [
        {
            "record": each.number,
            "section": each.section,
            "offset": each.offset,
            "page": each.page,
            "good": not each.fault,
        }
        for each in journal.records.kept()
    ]
    return {
        "path": journal.path,
        "size": journal.size,
        "state": survey.journal_state,
        "sections": _list(journal.sections, sections),
        "records": _list(journal.records, records),
        "good_records": journal.good,
        "end": journal.end,
        "bytes_after": journal.rest,
        "super_journal": journal.super_name or None,
        "super_journal_exists": survey.super_size > 0 if journal.super_name else None,
        "faults": _faults(journal.faults),
    }


def _log(log: AheadLog) -> dict[str, Any]:
    header = log.header
    frames = [
        {
            "frame": each.number,
            "offset": each.offset,
            "page": each.page,
            "commit": each.commit,
            "salts": each.salts.hex(),
            "salts_good": each.salts_good,
            "checksum_good": each.checksum_good,
            "state": each.state,
        }
        for each in log.frames.kept()
    ]
    transactions = [each._asdict() for each in log.transactions.kept()]
    return {
        "path": log.path,
        "size": log.size,
        "header": None
        if header is None
        else {
            "magic": header.magic,
            "big_endian": header.big_endian,
            "version": header.version,
            "page_size": header.page_size,
            "sequence": header.sequence,
            "salts": header.salts.hex(),
            "checksum_good": header.checksum_good,
            "good": header.good,
        },
        "frames": _list(log.frames, frames),
        "transactions": _list(log.transactions, transactions),
        "last_valid": log.valid,
        "last_committed": log.committed,
        "page_count": log.page_count,
        "left_over": log.left_over,
        "end": log.end,
        "changed": log.changed,
        "faults": _faults(log.faults),
    }


def _index(index: AheadIndex) -> dict[str, Any]:
    header = index.header
    marks = [
        {
            "mark": each.number,
            "frame": None if each.unused else each.frame,
            "lock": _lock(each.lock),
        }
        for each in index.marks
    ]
    return {
        "path": index.path,
        "size": index.size,
        "in_use": index.in_use,
        "header": None
        if header is None
        else {
            "changes": int(header.changes),
            "page_size": int(header.page_size),
            "last_frame": int(header.last_frame),
            "page_count": int(header.page_count),
            "salts": header.salts.hex(),
        },
        "why_not": index.why_not or None,
        "backfill": index.backfill,
        "backfill_attempted": index.attempted,
        "marks": marks,
        "locks": {name: _lock(index.lock(which)) for which, name in enumerate(LOCKS)},
        "faults": _faults(index.faults),
    }


def _lock(lock: HeldLock | None) -> str | None:
    if lock is None:
        return None
    return "free" if lock.kind == UNLOCKED else "shared" if lock.kind == READ else "exclusive"
