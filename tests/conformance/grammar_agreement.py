"""Does the parser accept what SQLite accepts, and say what SQLite says?

    cd tests && python -m conformance.grammar_agreement [--sample K/N]

reads every statement of the conformance data and the sample databases (grammar_corpus.py), parses it, and has
apsw prepare it.  They agree where both accept it, or where both refuse it with one message.  An error that SQLite
reports for what the text means (``no such table``) counts as acceptance.  All disagreements are listed.

Exit status: 0 where at least 99.9 % agree, 1 otherwise, 2 where there is no data.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
from collections import Counter
from collections.abc import Iterator

import apsw
from conformance import grammar_corpus

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import Parser
from foundrydb.errors import Error

# Messages of SQLite's parser, the syntax error first; what else it may say comes from later stages.
PARSER_MESSAGES = re.compile(
    r"""near\ ".*":\ syntax\ error$
    |unrecognized\ token:
    |incomplete\ input$
    |Recursion\ limit$
    |(ORDER\ BY|LIMIT)\ clause\ should\ come\ (after|before)
    |a\ JOIN\ clause\ is\ required\ before
    |unknown\ join\ type:
    |syntax\ error\ after\ column\ name
    |temporary\ table\ name\ must\ be\ unqualified
    |temporary\ trigger\ may\ not\ have\ qualified\ name
    |qualified\ table\ names\ are\ not\ allowed\ on
    |the\ (INDEXED\ BY|NOT\ INDEXED)\ clause\ is\ not\ allowed
    |cannot\ use\ RETURNING\ in\ a\ trigger
    |unsupported\ use\ of\ NULLS
    |unsupported\ frame\ specification
    |unknown\ table\ option:
    |duplicate\ WITH\ table\ name:
    |variable\ number\ must\ be\ between
    |too\ many\ (SQL\ variables|terms\ in\ compound|FROM\ clause\ terms|arguments\ on\ function)
    |Expression\ tree\ is\ too\ large
    |DISTINCT\ is\ not\ supported\ for\ window\ functions
    |\d+\ columns\ assigned\ \d+\ values
    |IN\(\.\.\.\)\ element\ has
    |error\ in\ generated\ column
    |ORDER\ BY\ may\ not\ be\ used\ with\ non-aggregate""",
    re.VERBOSE | re.DOTALL,
)


class Oracle:
    """SQLite, asked whether it parses a statement."""

    def __init__(self) -> None:
        self.connection = self._fresh()

    def _fresh(self) -> apsw.Connection:
        connection = apsw.Connection(":memory:")
        connection.exec_trace = lambda cursor, sql, bindings: False
        return connection

    def answer(self, sql: str, tables: list[str]) -> str | None:
        """What SQLite says of a statement when it prepares it; None where it has no objection.

        ``tables`` are made first: some statements look for theirs before the rest is parsed.
        """
        if tables:
            self.connection = self._fresh()
            self.connection.exec_trace = None
            with contextlib.suppress(apsw.Error):
                for table in tables:
                    self.connection.execute(f"CREATE TABLE {table}(a)")
            self.connection.exec_trace = lambda cursor, sql, bindings: False
        try:
            self.connection.execute(sql)
        except apsw.ExecTraceAbort:
            return None
        except (apsw.BindingsError, ValueError):
            return None
        except apsw.Error as failure:
            return str(failure)
        finally:
            if tables:
                self.connection = self._fresh()
        return None

    def refuses(self, sql: str, tables: list[str]) -> str | None:
        """The message with which SQLite's parser refuses a statement, None where it accepts it."""
        message = self.answer(sql, tables)
        return message if message is not None and PARSER_MESSAGES.match(message) else None


def _tables_sought_early(statement: ast.Statement | None, sql: str) -> list[str]:
    """The tables that SQLite looks for before it has read the whole statement."""
    if isinstance(statement, ast.CreateTrigger):
        return ['"' + statement.table.name.text.replace('"', '""') + '"']
    if isinstance(statement, ast.AlterAddColumn):
        return ['"' + statement.table.name.text.replace('"', '""') + '"']
    if statement is None:
        match = re.match(r"(?is)\s*(?:create\b.*?\btrigger\b.*?\bon\s+(\w+)|alter\s+table\s+(\w+))", sql)
        if match:
            return [match[1] or match[2]]
    return []


def statements(text: str) -> Iterator[tuple[str, ast.Statement | None, str | None]]:
    """The statements of a text: each one's own text, its tree, and our message where we refuse it.

    After an error the text goes on past the next semicolon at the end of a line.
    """
    at = 0
    while True:
        parser = Parser(text, at)
        try:
            statement = parser.next()
        except Error as failure:
            match = re.compile(r";[ \t]*(\n|$)").search(text, max(at, failure.offset))
            end = match.end() if match else len(text)
            yield text[at:end], None, failure.message
            at = end
        else:
            if statement is None:
                return
            yield text[at : parser.offset], statement, None
            at = parser.offset


def compare(sample: tuple[int, int]) -> tuple[Counter[str], list[str]]:
    """How many statements agree and disagree, and the disagreements."""
    oracle = Oracle()
    counts: Counter[str] = Counter()
    differences: list[str] = []
    seen: set[int] = set()
    for number, (name, text) in enumerate(grammar_corpus.texts()):
        if number % sample[1] != sample[0]:
            continue
        for sql, statement, ours in statements(text):
            if hash(sql) in seen:
                continue
            seen.add(hash(sql))
            theirs = oracle.refuses(sql, _tables_sought_early(statement, sql))
            counts["accepted" if theirs is None else "refused"] += 1
            if ours == theirs:
                counts["agree"] += 1
            else:
                counts["disagree"] += 1
                said = f"  SQLite: {theirs or 'accepts'}\n  ours:   {ours or 'accepts'}"
                differences.append(f"{name}: {sql.strip()[:300]}\n{said}")
    return counts, differences


def main(arguments: list[str]) -> int:
    """Run the comparison; the exit status is in the module's docstring."""
    parser = argparse.ArgumentParser(description="Compare the grammar with SQLite's on the conformance data.")
    parser.add_argument(
        "--sample",
        type=grammar_corpus.share,
        default=(0, 1),
        metavar="K/N",
        help="only every N-th text, from the K-th on",
    )
    options = parser.parse_args(arguments)
    why = grammar_corpus.missing()
    if why:
        print(why, file=sys.stderr)
        return 2
    counts, differences = compare(options.sample)
    for difference in differences:
        print(difference)
    total = counts["agree"] + counts["disagree"]
    share = 100 * counts["agree"] / total if total else 0.0
    print(
        f"{total} statements ({counts['accepted']} that SQLite accepts, {counts['refused']} that it refuses): "
        f"{counts['agree']} agree, {counts['disagree']} do not: {share:.4f} %"
    )
    return 0 if share >= 99.9 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
