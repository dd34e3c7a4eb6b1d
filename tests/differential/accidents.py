"""What C SQLite answers by accident, so that a difference there is none: each with a name, and how it is known.

Each entry of ``ACCIDENTS`` is looked at where the two answers differ, those of ``ENDINGS`` wherever they apply.  The
summary of a run counts them by name; docs/oracles.md says more of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, final

from differential.compare import compare, same_rows
from differential.engines import INTERRUPTED, Engine, Failure, Foundry, Outcome, Row, Rows
from differential.statement import Statement

DATATYPE = 3091
"""The code of a value that a STRICT table's column does not take."""

FOREIGN_KEY = 787
"""The code of what a foreign key refuses."""

NESTED = "triggers nested too deep"

PRODUCT = 1e9
"""A join that is thought to have so many rows ends in time if the order taken happens to meet an empty one early."""

_UNSOLVED: Final = "no query solution"

_FRAMES: Final = ("frame starting offset must be ", "frame ending offset must be ")

_MISTAKE: Final = re.compile(
    r"ambiguous column name: |no such column: |row value misused$|sub-select returns \d+ columns"
    r"|ON clause references tables to its right$|table-function argument references tables to its right$"
    r"|ambiguous reference to \S+ in USING\(\)$|no such index: |table \w+ has \d+ columns but \d+ values"
)
"""Mistakes in one statement of which C SQLite tells the one that it meets last, or the one of the clause that it reads
first: tests of their own hold which of two are told that stand side by side."""


@final
class LifeSoFar:
    """What has happened in a life before a statement.

    Attributes:
        astray: a change of the schema did not happen, or tables went with their database.
        detached: a database was detached.
        refused: a foreign key has refused a change.
        failed: a change has failed in both engines, perhaps after others of its rows.
    """

    def __init__(self) -> None:
        self.astray = False
        self.detached = False
        self.refused = False
        self.failed = False

    def begin(self, statement: Statement, got: Outcome) -> None:
        """Take notice of a statement and the engine's answer, before that is compared."""
        self.detached = self.detached or str(statement.sql).startswith("DETACH")
        failed = statement.kind == "schema" and not isinstance(got, Rows)
        self.astray = self.astray or self.detached or failed

    def end(self, statement: Statement, wanted: Outcome) -> None:
        """Take notice of the reference's answer, after it was compared."""
        self.failed = self.failed or (statement.kind == "change" and isinstance(wanted, Failure))
        self.refused = self.refused or (isinstance(wanted, Failure) and wanted.code == FOREIGN_KEY)


class Case(NamedTuple):
    """A statement and its two answers, in a life of two engines."""

    statement: Statement
    got: Outcome
    wanted: Outcome
    life: LifeSoFar
    engine: Engine
    reference: Engine

    @property
    def text(self) -> str:
        """The statement's SQL."""
        return str(self.statement.sql)


class Accident(NamedTuple):
    """One kind.

    Attributes:
        name: as the summary counts it.
        happened: whether it has, in a case.
        ends: what follows in the life cannot be compared either.
    """

    name: str
    happened: Callable[[Case], bool]
    ends: bool = False


def accident_of(case: Case, differs: bool) -> Accident | None:
    """The accident that a case is, if it is one.  differs: the answers are not the same."""
    for accident in (*ACCIDENTS, *ENDINGS) if differs else ENDINGS:
        if accident.happened(case):
            return accident
    return None


def _goes_astray(case: Case) -> bool:
    """Both refuse the statement as wrong SQL, after a change of the schema that did not happen, or after tables went.

    Statements then name several things that are not there, and which of them an engine stumbles over first is its own
    business.
    """
    return (
        case.life.astray
        and isinstance(case.got, Failure)
        and isinstance(case.wanted, Failure)
        and case.got.code == case.wanted.code == 1
    )


def _counts_flattened_tables(case: Case) -> bool:
    """C SQLite counts the tables of a join after it has flattened subqueries."""
    return (
        isinstance(case.wanted, Failure)
        and case.wanted.text == "at most 64 tables in a join"
        and isinstance(case.got, Rows)
    )


def _tells_another_name(case: Case) -> bool:
    """Of two wrong names in the arguments of functions, or the first before IS NULL, C SQLite tells the last one,
    elsewhere the first."""
    return (
        isinstance(case.got, Failure)
        and isinstance(case.wanted, Failure)
        and _names_no_column(case.statement, case.got)
        and _names_no_column(case.statement, case.wanted)
    )


def _names_no_column(statement: Statement, failure: Failure) -> bool:
    """Whether an error is about a name that stands in the statement or a trigger, and means no column or several."""
    wrong = re.fullmatch(
        r"(?:no such column: (?=[a-z]\d+\.|rowid)|ambiguous column name: )"
        r"((?:[a-z]\d+\.)?[a-z]+\d*(?::\d+)?)",
        failure.text,
    )
    if wrong is None:
        return False
    # What a change does not name stands in a trigger.
    return statement.kind == "change" or wrong[1] in re.sub(r'["`\[\]]', "", str(statement.sql))


def _goes_on_past_using(case: Case) -> bool:
    """One error is about a table that is missing, the other about a column of USING that several have.

    Past the latter C SQLite goes on, and tells the last error that it meets.
    """
    texts = sorted(outcome.text for outcome in (case.got, case.wanted) if isinstance(outcome, Failure))
    return (
        len(texts) == 2
        and texts[0].startswith("ambiguous reference to ")
        and texts[1].startswith("no such table: ")
    )


def _knows_no_common_table(case: Case) -> bool:
    """C SQLite does not find a common table in whose own query something is wrong, which ours tells."""
    if not isinstance(case.got, Failure) or not isinstance(case.wanted, Failure):
        return False
    missing = re.fullmatch(r"no such table: (w\d+)", case.wanted.text)
    return (
        missing is not None
        and case.got.code == 1
        and re.search(rf"\b{missing[1]}(?:\(| AS )", case.text) is not None
    )


def _misses_in_view(case: Case) -> bool:
    """A table is missing within a view, and another one beside it: C SQLite reads views after all names."""
    if not isinstance(case.got, Failure) or not isinstance(case.wanted, Failure):
        return False
    missing = [re.fullmatch(r"no such table: (.+)", failure.text) for failure in (case.got, case.wanted)]
    names = [match[1] for match in missing if match]
    return len(names) == 2 and names[0] not in case.text and names[1] in case.text


def _tells_mismatch_last(case: Case) -> bool:
    """C SQLite tells of a foreign key that does not fit its parent after what else is wrong."""
    return (
        isinstance(case.got, Failure)
        and case.got.code == 1
        and isinstance(case.wanted, Failure)
        and case.wanted.text.startswith("foreign key mismatch - ")
    )


def _tells_another_mistake(case: Case) -> bool:
    """There are two mistakes in one statement, of two kinds."""
    failures = [outcome for outcome in (case.got, case.wanted) if isinstance(outcome, Failure)]
    return len({_mistake(failure) for failure in failures} - {""}) == 2


def _compiles_what_replace_deletes(case: Case) -> bool:
    """UPDATE OR REPLACE of a table with a foreign key to itself: C SQLite compiles the deletion of rows in the way, and
    meets a wrong key there, where nothing that is unique changes."""
    wanted = case.wanted
    return (
        case.text.startswith("UPDATE OR REPLACE ")
        and isinstance(case.got, Rows)
        and isinstance(wanted, Failure)
        and wanted.text.startswith("foreign key mismatch - ")
    )


def _expands_no_further(case: Case) -> bool:
    """C SQLite refuses a statement whose common tables, and what is in them, become some thousand SELECTs; ours counts
    the uses of common tables."""
    return isinstance(case.wanted, Failure) and case.wanted.text == "VIEWs and/or subqueries nested too deep"


def _mistake(failure: Failure) -> str:
    """The kind of mistake that an error tells of, "" for others than these."""
    found = _MISTAKE.match(failure.text)
    return re.sub(r"\d+", "", found[0]) if found else ""


def _merges_columns(case: Case) -> bool:
    """USING or NATURAL may make one column of two in an outer join: C SQLite reads a whole number from it as a REAL
    where the first of the two is REAL and the join is kept, as an integer where it is not."""
    return (
        isinstance(case.got, Rows)
        and isinstance(case.wanted, Rows)
        and re.search(r"\b(FULL|RIGHT)\b", case.text) is not None
        and re.search(r"\b(USING|NATURAL)\b", case.text) is not None
        and same_rows(_whole(case.got.rows), _whole(case.wanted.rows), case.statement.loose)
    )


def _whole(rows: Sequence[Row]) -> list[Row]:
    """Rows in which whole REALs are integers."""
    return [
        tuple([int(value) if isinstance(value, float) and value.is_integer() else value for value in row])
        for row in rows
    ]


def _seeks_as_stored(case: Case) -> bool:
    """The answer is the reference's without automatic indexes.

    C SQLite builds them of values as they are, and seeks as if these had their column's affinity, which those that a
    FULL JOIN … USING has merged need not have.
    """
    if case.statement.kind != "query" or not isinstance(case.got, Rows):
        return False
    case.reference.execute("PRAGMA automatic_index = OFF")
    wanted = case.reference.execute(*case.statement.sql.prepared())
    case.reference.execute("PRAGMA automatic_index = ON")
    return compare(case.statement, case.got, wanted) is None


def _joins_odd_bytes(case: Case) -> bool:
    """In a UTF-16 database, concat and concat_ws of C SQLite count the bytes of a blob before these become a text,
    of which an odd one is no part."""
    return (
        isinstance(case.got, Rows)
        and re.search(r"\bconcat(_ws)?\(.*x'", case.text, re.IGNORECASE | re.DOTALL) is not None
        and case.reference.execute("PRAGMA encoding") != Rows(("encoding",), [("UTF-8",)], 0)
    )


def _calls_no_aggregate_misused(case: Case) -> bool:
    """An aggregate of an enclosing query's columns stands where that has none: C SQLite lets it pass where an aggregate
    of the inner query's own stands beside it."""
    return (
        isinstance(case.got, Failure)
        and case.got.text.startswith("misuse of aggregate: ")
        and isinstance(case.wanted, Rows)
    )


def _counts_what_went_before(case: Case) -> bool:
    """total_changes() keeps what a change that failed had done before, which depends on the order of its rows."""
    return case.life.failed and "total_changes()" in case.text


def _meets_no_empty_table_early(case: Case) -> bool:
    """A query over a product that no order makes small did not end in its time.

    Where one does, it has met an empty table, or a condition that never holds, before it multiplied: which order does
    is not to be known beforehand.
    """
    return (
        isinstance(case.got, Failure)
        and case.got.code == INTERRUPTED
        and isinstance(case.engine, Foundry)
        and case.engine.widest_join(case.statement.sql.prepared()[0]) >= PRODUCT
    )


def _comes_to_a_value(case: Case) -> bool:
    """One of the two computes a value that cannot be, of a row that the other has left out before."""
    outcomes = [case.got, case.wanted]
    return any(isinstance(outcome, Rows) for outcome in outcomes) and any(
        isinstance(outcome, Failure) and outcome.text.startswith("non-deterministic use of ")
        for outcome in outcomes
    )


def _asks_for_a_partial_index(case: Case) -> bool:
    """INDEXED BY a partial index: C SQLite seeks its condition in fewer places, or after it has rewritten the query,
    and not in what it drops before it makes code of it; a comparison of row values says so in other words."""
    texts = [outcome.text for outcome in (case.got, case.wanted) if isinstance(outcome, Failure)]
    return _UNSOLVED in texts or (
        "INDEXED BY" in case.text
        and any([re.fullmatch(r"\d+ columns assigned 1 values", text) for text in texts])
    )


def _drops_a_condition_to_its_right(case: Case) -> bool:
    """C SQLite knows that a rowid is not NULL before it looks where an ON clause refers to."""
    return (
        isinstance(case.got, Failure)
        and case.got.text == "ON clause references tables to its right"
        and isinstance(case.wanted, Rows)
        and re.search(r"\browid (IS|NOT)", case.text) is not None
    )


def _tells_another_frame(case: Case) -> bool:
    """C SQLite tells the mistake in the frame that it comes to first, which ORDER BY of a result changes."""
    failures = [outcome.text for outcome in (case.got, case.wanted) if isinstance(outcome, Failure)]
    return len(failures) == 2 and all([text.startswith(_FRAMES) for text in failures])


def _renames_past_a_compound(case: Case) -> bool:
    """C SQLite renames no column in a compound of a common table within a trigger or view, and then misses it."""
    if not isinstance(case.got, Rows) or not isinstance(case.wanted, Failure):
        return False
    missed = re.fullmatch(
        r"error in (?:trigger|view) (\w+) after rename: no such column: \S+", case.wanted.text
    )
    if missed is None:
        return False
    held = case.reference.execute(
        "SELECT sql FROM (SELECT * FROM sqlite_schema UNION ALL SELECT * FROM sqlite_temp_schema)"
        f" WHERE name = '{missed[1]}'"
    )
    texts = [str(row[0]) for row in held.rows] if isinstance(held, Rows) else []
    return any([re.search(r"\bWITH\b.*\b(INTERSECT|EXCEPT|UNION)\b", text, re.DOTALL) for text in texts])


def _counts_what_was_refused(case: Case) -> bool:
    """C SQLite goes on counting what a deferred key lacks in a row that an immediate one has refused."""
    return (
        case.life.refused
        and isinstance(case.wanted, Failure)
        and case.wanted.code == FOREIGN_KEY
        and isinstance(case.got, Rows)
    )


def _keeps_what_is_read(case: Case) -> bool:
    """A transaction keeps a database of which a query reads nothing in the end, in one of the two."""
    fails = isinstance(case.got, Failure), isinstance(case.wanted, Failure)
    return case.text.startswith("DETACH") and fails[0] != fails[1]


def _knows_columns_of_old(case: Case) -> bool:
    """C SQLite may know a view's columns from before its table went with its database."""
    return (
        case.life.detached and isinstance(case.got, Failure) and case.got.text.startswith("no such table: ")
    )


def _keeps_half_a_change(case: Case) -> bool:
    """C SQLite keeps the rows that such a statement has changed before, in a transaction: a bug of its own."""
    return isinstance(case.wanted, Failure) and (
        case.wanted.code == DATATYPE or case.wanted.text.startswith(NESTED)
    )


ACCIDENTS: Final[tuple[Accident, ...]] = (
    Accident("wrong SQL after the schema went astray", _goes_astray),
    Accident("tables counted after flattening", _counts_flattened_tables),
    Accident("another of two wrong names", _tells_another_name),
    Accident("an error behind one of USING", _goes_on_past_using),
    Accident("a common table with a mistake not found", _knows_no_common_table),
    Accident("a table missing in a view and beside it", _misses_in_view),
    Accident("a foreign key's mismatch told last", _tells_mismatch_last),
    Accident("another of two mistakes", _tells_another_mistake),
    Accident("a wrong key of rows that REPLACE might delete", _compiles_what_replace_deletes),
    Accident("common tables that are too many SELECTs", _expands_no_further),
    Accident("whole numbers of merged columns", _merges_columns),
    Accident("automatic indexes of values as they are", _seeks_as_stored),
    Accident("an enclosing query's aggregate not called misused", _calls_no_aggregate_misused),
    Accident("changes before a failure", _counts_what_went_before),
    Accident("odd bytes of blobs that are joined", _joins_odd_bytes),
    Accident("a value that cannot be, computed or not", _comes_to_a_value),
    Accident("another of two frames with a mistake", _tells_another_frame),
    Accident("a column not renamed in a compound of a common table", _renames_past_a_compound),
    Accident("a rowid that is not NULL in an ON clause", _drops_a_condition_to_its_right),
    Accident("whether a partial index can be used", _asks_for_a_partial_index, ends=True),
    Accident("a product without an empty table early on", _meets_no_empty_table_early, ends=True),
    Accident("a deferred key's count of what was refused", _counts_what_was_refused, ends=True),
    Accident("DETACH of what a query reads or not", _keeps_what_is_read, ends=True),
    Accident("a view's columns of a detached table", _knows_columns_of_old, ends=True),
)
"""Those of answers that differ, in the order in which they are looked for."""

ENDINGS: Final[tuple[Accident, ...]] = (Accident("half a change kept", _keeps_half_a_change, ends=True),)
"""Those after which a life ends, though the answers may be the same."""
