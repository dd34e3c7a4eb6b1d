"""The formatter over a corpus: the tree stays, each comment stays, and formatting again changes nothing.

``python -m conformance.formatting [--sample K/N] [--comments]``: with ``--comments``, comments are put between the
tokens first.  A text with a mistake of syntax is taken statement by statement, without those that have it.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator

from conformance import grammar_corpus

from foundrydb import format_sql
from foundrydb.compiler.syntax.parser import parse
from foundrydb.compiler.syntax.resumption import read
from foundrydb.compiler.syntax.scanner import tokens
from foundrydb.compiler.syntax.trivia import comments
from foundrydb.errors import Error

FORMS = ["/* %d */", "-- %d\n", "\n-- %d\n", "\n/* %d */\n", "\n\n-- %d\n\n", "/* %d\nx */", "\n/* %d */ "]
"""How a comment may stand between two tokens."""

WIDTHS = (100, 20)


def fault(sql: str, width: int) -> str | None:
    """What is wrong with the formatted text, None where nothing is."""
    try:
        formatted = format_sql(sql, width)
    except Error as failure:
        return f"{failure.message} at width {width}: {sql}"
    if parse(formatted) != parse(sql):
        return f"another tree at width {width}: {sql}"
    if [comment.text for comment in comments(formatted)] != [comment.text for comment in comments(sql)]:
        return f"other comments at width {width}: {sql}"
    if format_sql(formatted, width) != formatted:
        return f"not stable at width {width}: {sql}"
    return None


def commented(sql: str, dice: random.Random) -> str:
    """A text with comments between some of its tokens."""
    parts: list[str] = []
    at = 0
    for number, token in enumerate(tokens(sql)):
        parts.append(sql[at : token.start])
        if dice.random() < 0.15:
            parts.append(" " + dice.choice(FORMS) % number)
        parts.append(sql[token.start : token.end])
        at = token.end
    return "".join([*parts, sql[at:]])


def parses(sql: str) -> bool:
    """Whether a text is SQL."""
    try:
        parse(sql)
    except Error:
        return False
    return True


def sound_parts(sql: str) -> Iterator[str]:
    """A text, or where it is wrong the statements in it that are not."""
    if parses(sql):
        yield sql
        return
    for reading in read(sql):
        if reading.statement is not None and not reading.mistakes:
            yield sql[reading.start : reading.end]


def main(arguments: list[str]) -> int:
    """Format the corpus; status 1 where something is wrong, 2 where there is no data."""
    parser = argparse.ArgumentParser(description="Format every statement of the corpus.")
    parser.add_argument("--sample", type=grammar_corpus.share, default=(0, 1), metavar="K/N")
    parser.add_argument("--comments", action="store_true")
    options = parser.parse_args(arguments)
    if grammar_corpus.missing():
        print(grammar_corpus.missing(), file=sys.stderr)
        return 2
    statements = wrong = 0
    for number, (_, text) in enumerate(grammar_corpus.texts()):
        if number % options.sample[1] != options.sample[0]:
            continue
        for sql in sound_parts(text):
            statements += len(parse(sql))
            if options.comments:
                sql = commented(sql, random.Random(number))
            for found in filter(None, (fault(sql, width) for width in WIDTHS)):
                wrong += 1
                print(found, flush=True)
    print(f"{statements} statements, {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
