"""The formatter over a corpus: the tree stays, each comment stays, and formatting again changes nothing.

``python -m conformance.formatting [--sample K/N] [--comments]``: with ``--comments``, comments are put between the
tokens first.
"""

from __future__ import annotations

import argparse
import random
import sys

from conformance import grammar_corpus

from foundrydb import format_sql
from foundrydb.compiler.syntax.parser import parse
from foundrydb.compiler.syntax.scanner import tokens
from foundrydb.compiler.syntax.trivia import comments
from foundrydb.errors import Error

FORMS = ["/* %d */", "-- %d\n", "\n-- %d\n", "\n/* %d */\n", "\n\n-- %d\n\n", "/* %d\nx */", "\n/* %d */ "]
"""How a comment may stand between two tokens."""

WIDTHS = (100, 20)
LONGEST = 20_000
"""How long a text may be: the few longer ones take most of the time."""


def fault(sql: str, width: int) -> str | None:
    """What is wrong with the formatted text, None where nothing is."""
    formatted = format_sql(sql, width)
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


def main(arguments: list[str]) -> int:
    """Format the corpus; status 1 where something is wrong, 2 where there is no data."""
    parser = argparse.ArgumentParser(description="Format every statement of the corpus.")
    parser.add_argument("--sample", type=grammar_corpus.share, default=(0, 1), metavar="K/N")
    parser.add_argument("--comments", action="store_true")
    options = parser.parse_args(arguments)
    if grammar_corpus.missing():
        print(grammar_corpus.missing(), file=sys.stderr)
        return 2
    count = wrong = 0
    for number, (_, sql) in enumerate(grammar_corpus.texts()):
        if number % options.sample[1] != options.sample[0] or len(sql) > LONGEST or not parses(sql):
            continue
        if options.comments:
            sql = commented(sql, random.Random(number))
            if not parses(sql):
                continue
        count += 1
        for width in WIDTHS:
            found = fault(sql, width)
            if found is not None:
                wrong += 1
                print(found)
    print(f"{count} texts, {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
