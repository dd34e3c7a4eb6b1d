"""Journals and write-ahead logs that lie: damaged by a seed, and often with checksums that are right all the same.

What a checksum catches goes no further; so a share of the damage is done by somebody who knows checksums.
"""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

from foundrydb.storage.log.rollback.journal import checksum as journal_checksum
from foundrydb.storage.log.wal.checksum import checksum as log_checksum

LOG_HEADER = 32
FRAME_HEADER = 24
JOURNAL_FIELDS = (0, 8, 12, 16, 20, 24)
LOG_FIELDS = (0, 4, 8, 12, 16, 20, 24, 28)
FRAME_FIELDS = (0, 4, 8, 12, 16, 20)


def write_journal(connection: sqlite3.Connection, path: Path) -> None:
    """Keep the journal of a transaction in which pages went to the file."""
    connection.executescript("pragma cache_size = 1; begin; update big set y = x")
    journal = Path(f"{path}-journal").read_bytes()
    connection.execute("rollback")
    path.with_name("journal").write_bytes(journal)


def write_log(connection: sqlite3.Connection, path: Path) -> None:
    """Keep a database in WAL mode, and the log of some transactions that were not copied back."""
    connection.executescript("""
        pragma journal_mode = wal; pragma wal_autocheckpoint = 0;
        update big set y = x; delete from w where k2 % 3; insert into t(a, b) select a, b || 'again' from t;
        create table later(a); insert into later select b from t; drop table g;
    """)
    path.with_name("ahead").write_bytes(path.read_bytes())
    path.with_name("ahead-wal").write_bytes(Path(f"{path}-wal").read_bytes())


def _lie(data: bytearray, at: int, rng: random.Random) -> None:
    """Another number of four bytes in place of one."""
    old = int.from_bytes(data[at : at + 4], "big")
    near = [
        0,
        1,
        2,
        3,
        1 << 31,
        (1 << 32) - 1,
        512,
        65536,
        old + 1,
        max(old - 1, 0),
        old * 2,
        rng.randrange(1 << 32),
    ]
    data[at : at + 4] = (rng.choice(near) & 0xFFFFFFFF).to_bytes(4, "big")


def spoilt_journal(journal: bytes, rng: random.Random) -> bytes:
    """A damaged journal."""
    data = bytearray(journal)
    page_size = int.from_bytes(data[24:28], "big")
    record = page_size + 8
    count = (len(data) - 512) // record
    for _ in range(rng.choice([1, 2, 5])):
        kind = rng.randrange(4)
        start = 512 + rng.randrange(count) * record
        if kind == 0:
            _lie(data, rng.choice(JOURNAL_FIELDS), rng)
        elif kind == 1:
            _lie(data, start, rng)
        elif kind == 2:
            data[rng.randrange(len(data))] = rng.choice([0, 1, 2, 0x7F, 0x80, 0xFF])
        else:
            _lie(data, start + 4 + rng.randrange(12), rng)
    if rng.randrange(2):
        nonce = int.from_bytes(data[12:16], "big")
        for start in range(512, 512 + count * record, record):
            image = bytes(data[start + 4 : start + 4 + page_size])
            data[start + record - 4 : start + record] = journal_checksum(nonce, image).to_bytes(4, "big")
    if rng.randrange(6) == 0:
        del data[rng.randrange(len(data)) :]
    return bytes(data)


def spoilt_log(log: bytes, rng: random.Random) -> bytes:
    """A damaged write-ahead log."""
    data = bytearray(log)
    frame = int.from_bytes(data[8:12], "big") + FRAME_HEADER
    count = (len(data) - LOG_HEADER) // frame
    for _ in range(rng.choice([1, 2, 5])):
        kind = rng.randrange(4)
        start = LOG_HEADER + rng.randrange(count) * frame
        if kind == 0:
            _lie(data, rng.choice(LOG_FIELDS), rng)
        elif kind == 1:
            _lie(data, start + rng.choice(FRAME_FIELDS), rng)
        elif kind == 2:
            data[rng.randrange(len(data))] = rng.choice([0, 1, 2, 0x7F, 0x80, 0xFF])
        else:
            _lie(data, start + FRAME_HEADER + rng.randrange(12), rng)
    if rng.randrange(3):
        _seal(data, frame)
    if rng.randrange(6) == 0:
        del data[rng.randrange(len(data)) :]
    return bytes(data)


def _seal(data: bytearray, frame: int) -> None:
    """Make the checksums, and the salts of the frames, right."""
    big = bool(data[3] & 1)
    first, second = log_checksum(bytes(data[:24]), big, 0, 0)
    data[24:32] = int(first).to_bytes(4, "big") + int(second).to_bytes(4, "big")
    for start in range(LOG_HEADER, len(data) - frame + 1, frame):
        data[start + 8 : start + 16] = data[16:24]
        first, second = log_checksum(bytes(data[start : start + 8]), big, first, second)
        first, second = log_checksum(bytes(data[start + FRAME_HEADER : start + frame]), big, first, second)
        data[start + 16 : start + 24] = int(first).to_bytes(4, "big") + int(second).to_bytes(4, "big")


def spoilt_index(rng: random.Random) -> bytes:
    """An index of a log that is none: noise, or zeros with some numbers."""
    size = rng.choice([0, 1, 136, 32768, 65536])
    data = bytearray(rng.choice([bytes(size), rng.randbytes(size)]))
    for _ in range(rng.randrange(6)):
        if size > 200:
            _lie(data, 4 * rng.randrange(40), rng)
    return bytes(data)
