"""JSON as text, with the extensions of JSON5, made JSONB.

One walk over the bytes of the text, with a stack of the arrays and objects that are open.  What an element is, and
where a mistake is said to be, follow SQLite's parser: a mistake's place is where the innermost attempt to read an
element began, or where it stopped.

An array or object is written with a guess of its header's size, and set right when it ends.
"""

from __future__ import annotations

import re
from typing import Final, final

from librt.strings import BytesWriter, read_i32_le, read_i64_le, write_i64_le
from librt.vecs import append, vec
from mypy_extensions import i64, u8

from foundrydb.vm.functions.json.blanks import blanks_end
from foundrydb.vm.functions.json.escapes import WORD, plain_bytes
from foundrydb.vm.functions.json.jsonb import (
    ARRAY,
    FALSE,
    FLOAT,
    INT,
    MAX_DEPTH,
    NULL,
    OBJECT,
    TEXT,
    TEXT5,
    TEXTJ,
    TEXTRAW,
    TRUE,
    copy_into,
    header,
    header_size,
    is_digit,
    is_hex,
    kind_at,
    write_header,
)

# What is expected where an element begins.
_ROOT: Final = 0
_ITEM: Final = 1
_LABEL: Final = 2
_MEMBER: Final = 3
_COLON: Final = 4
"""An element stands where a colon or a comma should: a mistake, which is told once the element is read."""

_LONG: Final = 140
"""So many bytes of a text are looked at seven at a time; the rest of a long one is searched for its end."""

_PLAIN: Final = re.compile(rb"[^\x00-\x1f\"\\]*")
"""What stands for itself in a text."""

END: Final = bytes(16)
"""What stands behind a text that is read: its NUL, and as much as is copied at once."""

_KEPT_OUTPUT: Final = 1 << 16
"""Bytes of output whose room is used again for the next text."""

_TRUE: Final = 0x65757274
_FALS: Final = 0x736C6166
_NULL: Final = 0x6C6C756E
"""The first four letters of the words, as a number of four bytes."""

_SIMPLE_ESCAPES: Final = b'"\\/bfnrt'


@final
class JsonReader:
    """Reads texts, one after the other.

    Attributes:
        data: the bytes of the text that is read, and END behind them; a NUL within ends the text.
        error: where the text is no JSON, as a byte's offset, once ``parse`` said that it is none.
        extended: it has something that only JSON5 allows.
    """

    def __init__(self) -> None:
        self.data = END
        self.error: i64 = 0
        self.extended = False
        self._out = BytesWriter()
        # Where the first element stands that has no place there; -1 for none.
        self._superfluous: i64 = -1
        # Of the last element: its kind.
        self._kind: i64 = 0
        # How many containers are open, and for each of them: where its header is in the output, with how many bytes
        # are kept for that and what was expected where it stands in the low bits; and where the search for it began.
        self._depth: i64 = 0
        self._frames = vec[i64]([0] * 8)
        self._begins = vec[i64]([0] * 8)

    def blob(self) -> bytes:
        """The JSONB that the text was made."""
        return self._out.getvalue()

    def begun(self) -> bytes:
        """What was made of a text that is no JSON: the containers that are open are as long as the text's rest."""
        whole = self.blob()
        for i in range(int(self._depth) - 1, -1, -1):
            frame: i64 = self._frames[i]
            place = frame >> 8
            size = len(self.data) - len(END) - self._begins[i]
            longest = header(kind_at(whole, place), size)
            whole = whole[:place] + longest + whole[place + (frame >> 4 & 0x0F) :]
        return whole

    def parse(self, data: bytes) -> bool:
        """Read the text that these bytes are, with END behind it; False if it is no JSON."""
        self.data = data
        self.error = 0
        self.extended = False
        self._superfluous = -1
        self._depth = 0
        if i64(len(self._out)) > _KEPT_OUTPUT:
            self._out = BytesWriter()
        self._out.truncate(0)
        if self._parse():
            return True
        if self._superfluous >= 0:
            self.error = self._superfluous
        return False

    def _expect_nothing(self) -> i64:
        """The place where a comma or an end should stand.  SQLite reads an element there before it says so."""
        if self._superfluous < 0:
            self._superfluous = self.error
        return self.error

    def _parse(self) -> bool:
        data = self.data
        at: i64 = 0
        expected: i64 = _ROOT
        while True:
            begin = at
            byte: i64 = data[at]
            if byte == 0x20:
                at += 1
                byte = data[at]
            if byte <= 0x20 or byte == 0x2F or byte >= 0xC2:
                at = self._after_blanks(at)
                byte = data[at]
            if byte == 0x22:
                at = self._text(at + 1)
            elif 0x30 <= byte <= 0x39 or byte == 0x2D:
                at = self._number(at)
            elif byte == 0x7B or byte == 0x5B:
                self._open(at, byte, expected, begin)
                if self._depth > MAX_DEPTH:
                    self.error = at
                    return False
                expected = _LABEL if byte == 0x7B else _ITEM
                at += 1
                continue
            elif (byte == 0x7D and expected == _LABEL) or (byte == 0x5D and expected == _ITEM):
                self.error = at
                at += 1
                begin = self._begins[self._depth - 1]
                expected = self._close(True)
            elif byte == 0x7D or byte == 0x5D or byte == 0x2C or byte == 0x3A or byte == 0:
                # At the root, the text's end is no place.
                self.error = begin if expected != _LABEL and (expected != _ROOT or byte == 0) else at
                return False
            else:
                at = self._word(at, byte, expected)
            if at < 0:
                return False
            # An element has ended at ``at``, and containers may end with it.
            while True:
                if expected in (_MEMBER, _ITEM):
                    byte = data[at]
                    closing: i64 = 0x5D if expected == _ITEM else 0x7D
                    if byte != 0x2C and byte != closing:
                        at = self._separator(at, closing)
                        if at < 0:
                            at = self._expect_nothing()
                            expected = _COLON
                            break
                        byte = data[at]
                    at += 1
                    if byte == 0x2C:
                        if expected == _MEMBER:
                            expected = _LABEL
                        break
                    begin = self._begins[self._depth - 1]
                    expected = self._close(False)
                elif expected == _LABEL and TEXT <= self._kind <= TEXTRAW:
                    expected = _MEMBER
                    if data[at] == 0x3A:
                        at += 1
                        break
                    at = self._colon(at)
                    if at < 0:
                        expected = _COLON
                        at = -at
                    break
                elif expected == _ROOT:
                    return self._ends(at)
                else:
                    self.error = begin
                    return False

    def _after_blanks(self, at: i64) -> i64:
        """The place of the first byte that is not blank."""
        data = self.data
        byte: i64 = data[at]
        while byte == 0x20 or byte == 0x0A or byte == 0x0D or byte == 0x09:
            at += 1
            byte = data[at]
        if byte > 0x20 and byte != 0x2F and byte < 0xC2:
            return at
        end = blanks_end(data, at)
        if end > at:
            self.extended = True
        return end

    def _ends(self, at: i64) -> bool:
        """Whether nothing but blanks follows."""
        data = self.data
        if data[at] == 0:
            return True
        while data[at] != 0 and data[at] in b" \t\n\r":
            at += 1
        if data[at] == 0:
            return True
        self.extended = True
        return data[blanks_end(data, at)] == 0

    # containers ---------------------------------------------------------------------------------------------

    def _open(self, at: i64, byte: i64, expected: i64, begin: i64) -> None:
        """Begin an array or object, whose header is as large as its whole size is thought to need."""
        out = self._out
        kept: i64 = 2
        rest = i64(len(self.data)) - 15 - at
        if rest <= 13:
            kept = 1
        elif self._depth == 0:
            kept = header_size(rest)
        depth = self._depth
        if depth == i64(len(self._frames)):
            self._frames = append(self._frames, 0)
            self._begins = append(self._begins, 0)
        self._frames[depth] = i64(len(out)) << 8 | kept << 4 | expected
        self._begins[depth] = begin
        self._depth = depth + 1
        out.append(u8(OBJECT if byte == 0x7B else ARRAY))
        while kept > 1:
            out.append(0)
            kept -= 1

    def _close(self, at_once: bool) -> i64:
        """End the innermost container; what was expected where it stands.

        Args:
            at_once: nothing was found where an element could have begun: after a comma only JSON5 allows that.
        """
        depth = self._depth - 1
        self._depth = depth
        frame = self._frames[depth]
        place = frame >> 8
        kept = frame >> 4 & 0x0F
        out = self._out
        size = i64(len(out)) - place - kept
        if at_once and size > 0:
            self.extended = True
        kind = i64(out[place])
        self._kind = kind
        needed = header_size(size)
        if needed != kept:
            self._move(place + kept, needed - kept)
            out = self._out
        if needed == 1:
            out[place] = u8(kind | size << 4)
        elif needed == 2:
            out[place] = u8(kind | 0xC0)
            out[place + 1] = u8(size)
        elif needed == 3:
            out[place] = u8(kind | 0xD0)
            out[place + 1] = u8(size >> 8)
            out[place + 2] = u8(size & 0xFF)
        else:
            out[place] = u8(kind | 0xE0)
            for i in range(4):
                out[place + 1 + i] = u8((size >> (24 - 8 * i)) & 0xFF)
        return frame & 0x0F

    def _move(self, start: i64, distance: i64) -> None:
        """Move the output's bytes from ``start`` on forwards, or backwards."""
        out = self._out
        length: i64 = len(out)
        if (length - start) * 8 > length and length > 200:
            whole = out.getvalue()
            out = BytesWriter()
            out.write(whole[: start + min(distance, 0)])
            if distance > 0:
                out.write(bytes(distance))
            out.write(whole[start:])
            self._out = out
            return
        if distance < 0:
            i = start
            while i < length:
                out[i + distance] = out[i]
                i += 1
            out.truncate(length + distance)
            return
        for _ in range(distance):
            out.append(0)
        i = length - 1
        while i >= start:
            out[i + distance] = out[i]
            i -= 1

    def _separator(self, at: i64, closing: i64) -> i64:
        """The place of the comma, or of the container's end, behind blanks; -1 where there is neither."""
        data = self.data
        byte: i64 = data[at]
        while byte == 0x20 or byte == 0x0A or byte == 0x0D or byte == 0x09:
            at += 1
            byte = data[at]
        if byte == 0x2C or byte == closing:
            return at
        end = blanks_end(data, at)
        byte = data[end]
        if end > at and (byte == 0x2C or byte == closing):
            self.extended = True
            self.error = end
            return end
        self.error = at
        return -1

    def _colon(self, at: i64) -> i64:
        """The place behind the colon that follows a label; where there is none, the place without it, negated."""
        data = self.data
        byte: i64 = data[at]
        while byte == 0x20 or byte == 0x0A or byte == 0x0D or byte == 0x09:
            at += 1
            byte = data[at]
        if byte == 0x3A:
            return at + 1
        end = blanks_end(data, at)
        if data[end] != 0x3A:
            return -at
        self.extended = True
        self.error = end
        return end + 1

    # elements that are no containers; each of these says where its element ends, and -1 where it is none -------

    def _write(self, kind: i64, start: i64, stop: i64) -> None:
        out = self._out
        size = stop - start
        self._kind = kind
        if size > 11:
            write_header(out, kind, size)
            copy_into(out, self.data, start, stop)
            return
        # What is short needs no more than this, which is most of what there is.
        data = self.data
        out.append(u8(kind | size << 4))
        length = i64(len(out)) + size
        write_i64_le(out, read_i64_le(data, start))
        if size > 8:
            write_i64_le(out, read_i64_le(data, start + 8))
        out.truncate(length)

    def _text(self, start: i64) -> i64:
        """A text in double quotes, the first of which stands before ``start``; most are short and plain."""
        data = self.data
        size = plain_bytes(data, start)
        if size == WORD:
            return self._long_text(start)
        if data[start + size] != 0x22:
            return self._text_with_escapes(start, start + size, 0x22)
        out = self._out
        out.append(u8(TEXT | size << 4))
        length = i64(len(out)) + size
        write_i64_le(out, read_i64_le(data, start))
        out.truncate(length)
        self._kind = TEXT
        return start + size + 1

    def _long_text(self, start: i64) -> i64:
        """A text whose first bytes are plain."""
        data = self.data
        at = start
        plain: i64 = WORD
        while plain == WORD:
            at += WORD
            if at - start >= _LONG:
                found = _PLAIN.match(data, at)
                if found is not None:
                    at = found.end()
            plain = plain_bytes(data, at)
        at += plain
        if data[at] != 0x22:
            return self._text_with_escapes(start, at, 0x22)
        self._write(TEXT, start, at)
        return at + 1

    def _text_with_escapes(self, start: i64, at: i64, quote: i64) -> i64:
        """A text that begins at ``start``, and is plain up to ``at``."""
        data = self.data
        kind: i64 = TEXT
        while True:
            byte: i64 = data[at]
            while byte >= 0x23 and byte != 0x27 and byte != 0x5C:
                at += 1
                byte = data[at]
            if byte == quote:
                break
            if byte == 0x5C:
                at += 1
                byte = data[at]
                if (byte != 0 and byte in _SIMPLE_ESCAPES) or (byte == 0x75 and self._hex_digits(at + 1, 4)):
                    if kind == TEXT:
                        kind = TEXTJ
                elif self._is_extended_escape(at, byte):
                    if byte == 0x0D and data[at + 1] == 0x0A:
                        at += 1
                    kind = TEXT5
                    self.extended = True
                else:
                    self.error = at
                    return -1
            elif byte < 0x20:
                if byte == 0:
                    self.error = at
                    return -1
                kind = TEXT5
                self.extended = True
            elif byte == 0x22:
                kind = TEXT5
            at += 1
        self._write(kind, start, at)
        return at + 1

    def _is_extended_escape(self, at: i64, byte: i64) -> bool:
        """Whether what follows a backslash makes an escape of JSON5."""
        if byte == 0x27 or byte == 0x76 or byte == 0x0A or byte == 0x0D:
            return True
        if byte == 0x30:
            return not is_digit(i64(self.data[at + 1]))
        if byte == 0x78:
            return self._hex_digits(at + 1, 2)
        return byte == 0xE2 and self.data[at : at + 3] in (b"\xe2\x80\xa8", b"\xe2\x80\xa9")

    def _hex_digits(self, at: i64, count: i64) -> bool:
        """Whether so many hexadecimal digits stand there; the NUL at the end is none."""
        while count > 0 and is_hex(i64(self.data[at])):
            at += 1
            count -= 1
        return count == 0

    def _number(self, at: i64) -> i64:
        """A number that begins with a digit or a sign."""
        data = self.data
        byte: i64 = data[at]
        first = at
        if byte > 0x30:
            first += 1
            byte = data[first]
            while 0x30 <= byte <= 0x39:
                first += 1
                byte = data[first]
            if byte != 0x2E and byte | 0x20 != 0x65:
                self._write(INT, at, first)
                return first
            return self._digits(at, 0)
        if byte < 0x30:
            first += 1
            byte = data[first]
            if not is_digit(byte):
                if byte | 0x20 == 0x69:
                    return self._signed_infinity(at)
                if byte == 0x2E:
                    self.extended = True
                    return self._digits(at, 1)
                self.error = at
                return -1
        if byte == 0x30:
            byte = data[first + 1]
            if byte | 0x20 == 0x78 and is_hex(i64(data[first + 2])):
                return self._hexadecimal(at, first + 3)
            if is_digit(byte):
                self.error = at + 1
                return -1
        return self._digits(at, 0)

    def _hexadecimal(self, start: i64, at: i64) -> i64:
        self.extended = True
        while is_hex(i64(self.data[at])):
            at += 1
        self._write_number(INT + 1, start, at)
        return at

    def _signed_infinity(self, at: i64) -> i64:
        word = self.data[at + 1 : at + 9].lower()
        if not word.startswith(b"inf"):
            self.error = at
            return -1
        self.extended = True
        self._write_infinity(self.data[at] == 0x2D)
        return at + 9 if word == b"infinity" else at + 4

    def _write_infinity(self, negative: bool) -> None:
        self._out.write(header(FLOAT, 6) + b"-9e999" if negative else header(FLOAT, 5) + b"9e999")
        self._kind = FLOAT

    def _digits(self, start: i64, form: i64) -> i64:
        """The rest of a decimal number, after its first byte.

        Args:
            form: what is added to INT: 1 for a number that only JSON5 allows, 2 for a real.
        """
        data = self.data
        at = start + 1
        exponent = False
        byte: i64 = data[at]
        while True:
            while 0x30 <= byte <= 0x39:
                at += 1
                byte = data[at]
            if byte == 0x2E:
                if form & 2 != 0:
                    self.error = at
                    return -1
                form |= 2
            elif byte | 0x20 == 0x65:
                if data[at - 1] < 0x30:
                    if not self._ends_with_point(start, at):
                        return -1
                    form |= 1
                if exponent:
                    self.error = at
                    return -1
                form |= 2
                exponent = True
                if data[at + 1] == 0x2B or data[at + 1] == 0x2D:
                    at += 1
                if not is_digit(i64(data[at + 1])):
                    self.error = at
                    return -1
            else:
                break
            at += 1
            byte = data[at]
        if data[at - 1] < 0x30:
            if not self._ends_with_point(start, at):
                return -1
            form |= 1
        self._write_number(INT + form, start, at)
        return at

    def _ends_with_point(self, start: i64, at: i64) -> bool:
        """Whether digits and a point have just been read, which only JSON5 allows."""
        if self.data[at - 1] == 0x2E and at - 2 >= start and is_digit(i64(self.data[at - 2])):
            self.extended = True
            return True
        self.error = at
        return False

    def _write_number(self, kind: i64, start: i64, stop: i64) -> None:
        self._write(kind, start + 1 if self.data[start] == 0x2B else start, stop)

    def _word(self, at: i64, byte: i64, expected: i64) -> i64:
        """Any other element, or a label without quotes."""
        data = self.data
        if byte == 0x27:
            self.extended = True
            return self._text_with_escapes(at + 1, at + 1, 0x27)
        if byte == 0x2B:
            self.extended = True
            return self._number(at)
        if byte == 0x2E and is_digit(i64(data[at + 1])):
            self.extended = True
            return self._digits(at, 3)
        word = i64(read_i32_le(data, at))
        if word == _TRUE and not is_alphanumeric(i64(data[at + 4])):
            return self._constant(TRUE, at + 4)
        if word == _FALS and data[at + 4] == 0x65 and not is_alphanumeric(i64(data[at + 5])):
            return self._constant(FALSE, at + 5)
        if word == _NULL and not is_alphanumeric(i64(data[at + 4])):
            return self._constant(NULL, at + 4)
        if byte | 0x20 in b"inqs":
            end = self._special(at)
            if end > 0:
                return end
        self.error = at
        return self._name(at) if expected == _LABEL else -1

    def _constant(self, kind: i64, end: i64) -> i64:
        self._out.append(u8(kind))
        self._kind = kind
        return end

    def _special(self, at: i64) -> i64:
        """Infinity and NaN, in their spellings."""
        for word in (b"inf", b"infinity", b"nan", b"qnan", b"snan"):
            end = at + len(word)
            if self.data[at:end].lower() == word and not is_alphanumeric(i64(self.data[end])):
                self.extended = True
                if word[0] != 0x69:
                    return self._constant(NULL, end)
                self._write_infinity(False)
                return end
        return -1

    def _name(self, at: i64) -> i64:
        """A label without quotes."""
        data = self.data
        kind: i64 = TEXT
        end = at
        while True:
            byte: i64 = data[end]
            if byte == 0x5C and data[end + 1] == 0x75 and self._hex_digits(end + 2, 4):
                kind = TEXTJ
            elif not (is_alphanumeric(byte) or byte == 0x5F or byte == 0x24 or byte >= 0x80) or (
                end > at and blanks_end(data, end) > end
            ):
                break
            end += 1
        if end == at or is_digit(i64(data[at])):
            return -1
        self.extended = True
        self._write(kind, at, end)
        return end


def is_alphanumeric(byte: i64) -> bool:
    """Whether a byte is a letter or digit of ASCII."""
    return 0x30 <= byte <= 0x39 or 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A
