"""LIKE and GLOB as functions of a pattern and a text; ``pattern`` is about what a pattern matches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from foundrydb.errors import error
from foundrydb.storage.format.values import UTF8, Value, encode_text
from foundrydb.vm.arithmetic.cast import to_text
from foundrydb.vm.functions.scalar import DETERMINISTIC, Function, ScalarFunction, TwoArguments
from foundrydb.vm.functions.text.pattern import Pattern, compile_glob, compile_like
from foundrydb.vm.functions.text.text_functions import until_nul
from foundrydb.vm.limits import MAX_PATTERN

if TYPE_CHECKING:
    from foundrydb.vm.context import Context

_MOST_KEPT: Final = 128
"""So many patterns of one function are kept."""


class Matching(ScalarFunction):
    """A function of a pattern and a text.

    Patterns are kept for the next rows: the last one, and a few more for the rows that make theirs of a column.

    Attributes:
        longest: how many bytes a pattern may have.
    """

    def __init__(self, name: str, least: int, most: int, doc: str, longest: int) -> None:
        super().__init__(name, least, most, doc, DETERMINISTIC)
        self.longest: Final = longest
        self._last: Pattern | None = None
        self._kept: Final[dict[str, Pattern]] = {}

    def call(self, args: list[Value], context: Context) -> Value:
        """1 if the second argument matches the pattern, else 0; a blob matches nothing."""
        return self.call_two(args[0], args[1], context)

    def call_two(self, x: Value, y: Value, context: Context) -> Value:
        """See ``call``."""
        if isinstance(x, str) and isinstance(y, str):
            return 1 if self.pattern(x).matches(y) else 0
        if isinstance(x, bytes) or isinstance(y, bytes):
            return 0
        if x is None or y is None:
            self._refuse_long(x, context)
            return None
        return 1 if self.pattern(to_text(x, context.encoding)).matches(to_text(y, context.encoding)) else 0

    def _refuse_long(self, pattern: Value, context: Context) -> None:
        """Refuse a pattern that is too long, also where nothing is matched with it.

        Raises:
            Error: it is.
        """
        if pattern is not None:
            self.check_length(to_text(pattern, context.encoding))

    def pattern(self, text: str) -> Pattern:
        """A pattern, compiled.

        Raises:
            Error: it is too long.
        """
        found = self._last
        if found is not None and text == found.source:
            return found
        found = self._kept.get(text)
        if found is None:
            self.check_length(text)
            found = self.compiled(text)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[text] = found
        self._last = found
        return found

    def compiled(self, text: str) -> Pattern:
        """Compile a pattern."""
        raise NotImplementedError

    def check_length(self, pattern: str) -> None:
        """Refuse a pattern that is too long.

        Raises:
            Error: as SQLite words it.
        """
        if len(pattern) * 4 > self.longest and len(encode_text(pattern, UTF8)) > self.longest:
            raise error("LIKE or GLOB pattern too complex")


@final
class Like(Matching):
    """like(Y, X, E): what ``X LIKE Y ESCAPE E`` calls.

    Attributes:
        folds: letters A to Z are the same as a to z.
    """

    def __init__(self, least: int, most: int, folds: bool = True, longest: int = MAX_PATTERN) -> None:
        doc = "Whether X matches the LIKE pattern Y, with the escape character Z"
        super().__init__("like", least, most, doc, longest)
        self.folds: Final = folds
        self._last_escaped: Pattern | None = None

    def call(self, args: list[Value], context: Context) -> Value:
        """See ``Matching.call``."""
        x = args[0]
        y = args[1]
        if len(args) == 2:
            return self.call_two(x, y, context)
        if isinstance(x, bytes) or isinstance(y, bytes):
            return 0
        self._refuse_long(x, context)
        if args[2] is None:
            return None
        escape = until_nul(to_text(args[2], context.encoding))
        if len(escape) != 1:
            raise error("ESCAPE expression must be a single character")
        if x is None or y is None:
            return None
        return (
            1
            if self.escaped(to_text(x, context.encoding), escape).matches(to_text(y, context.encoding))
            else 0
        )

    def compiled(self, text: str) -> Pattern:
        """See ``Matching.compiled``."""
        return compile_like(text, "", self.folds)

    def escaped(self, text: str, escape: str) -> Pattern:
        """A pattern with an escape character, compiled.

        Raises:
            Error: it is too long.
        """
        found = self._last_escaped
        if found is None or text != found.source or escape != found.escape:
            self.check_length(text)
            found = self._last_escaped = compile_like(text, escape, self.folds)
        return found


@final
class Glob(Matching):
    """glob(Y, X): what ``X GLOB Y`` calls."""

    def __init__(self, longest: int = MAX_PATTERN) -> None:
        super().__init__("glob", 2, 2, "Whether X matches the GLOB pattern Y", longest)

    def compiled(self, text: str) -> Pattern:
        """See ``Matching.compiled``."""
        return compile_glob(text)


@final
class MatchFunction(TwoArguments):
    """match(Y, X): what ``X MATCH Y`` calls; only a virtual table gives it a sense."""

    def call_two(self, x: Value, y: Value, context: Context) -> Value:
        """Refuse the call."""
        raise error("unable to use function MATCH in the requested context")


def like_functions(case_sensitive: bool, longest: int = MAX_PATTERN) -> list[Function]:
    """LIKE as ``PRAGMA case_sensitive_like`` wants it, for each number of arguments.

    Args:
        longest: how many bytes a pattern may have.
    """
    return [Like(count, count, not case_sensitive, longest) for count in (2, 3)]


FUNCTIONS: Final[list[Function]] = [
    Like(2, 3),
    MatchFunction("match", 2, 2, "X MATCH Y, which only a virtual table gives a sense", 0),
    Glob(),
]
