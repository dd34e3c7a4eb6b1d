"""Where results go: a stream of bytes that takes text.

Text of a database may hold bytes that are not valid UTF-8 (see ``storage.format.values``); they must leave as they
were.  So output is encoded here, and not by the interpreter's text streams, which would also translate line ends.
"""

from __future__ import annotations

import sys
from io import BytesIO
from typing import BinaryIO, Final

from foundrydb.storage.format.values import UTF8, decode_text, encode_text

_BUFFER: Final = 1 << 15


class OutputStream:
    """A destination of text.

    Args:
        stream: receives the bytes.
        name: what ``.show`` calls it.
        owned: whether ``close`` closes the stream.
    """

    def __init__(self, stream: BinaryIO, name: str, owned: bool = False) -> None:
        self.stream: Final = stream
        self.name: Final = name
        self.owned: Final = owned
        self._pieces: list[str] = []
        self._waiting = 0

    def write(self, text: str) -> None:
        """Send text; it may stay in the buffer until ``flush``."""
        self._pieces.append(text)
        self._waiting += len(text)
        if self._waiting > _BUFFER:
            self._drain()

    def _drain(self) -> None:
        text = "".join(self._pieces)
        self._pieces.clear()
        self._waiting = 0
        self.stream.write(encode_text(text, UTF8))

    def flush(self) -> None:
        """Send all that waits."""
        if self._pieces:
            self._drain()
        self.stream.flush()

    def discard(self) -> None:
        """Forget what waits: nobody reads it."""
        self._pieces.clear()
        self._waiting = 0

    def close(self) -> None:
        """Flush, and close the stream where it is ours."""
        self.flush()
        if self.owned:
            self.stream.close()

    def isatty(self) -> bool:
        """Whether a person reads it on a terminal."""
        return self.stream.isatty()


class CapturedOutput(OutputStream):
    """A destination that keeps what it is sent."""

    def __init__(self, name: str) -> None:
        self._kept: Final = BytesIO()
        super().__init__(self._kept, name)

    def text(self) -> str:
        """What was sent so far."""
        self.flush()
        return decode_text(self._kept.getvalue(), UTF8)


def standard_output() -> OutputStream:
    """The process's standard output."""
    sys.stdout.flush()
    return OutputStream(sys.stdout.buffer, "stdout")


def file_output(path: str, append: bool = False) -> OutputStream:
    """A file, made new or continued.

    Raises:
        OSError: it cannot be opened.
    """
    return OutputStream(open(path, "ab" if append else "wb"), path, owned=True)
