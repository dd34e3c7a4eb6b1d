"""Ten queries that teach: what to run, and what to look at.

Those without a schema are about the sample database.  The others bring one along and run in a scratch database.  Where
an example has several statements, the cursor chooses the one that is shown.
"""

from __future__ import annotations

from typing import Final, final


@final
class Example:
    """A text for the editor.

    Attributes:
        title: a few words.
        note: what to do and to see.
        sql: the text.
        schema: makes its database; "" for the sample database.
        panes: what it is best looked at in.
    """

    def __init__(
        self, title: str, note: str, sql: str, schema: str = "", panes: tuple[str, ...] = ()
    ) -> None:
        self.title: Final = title
        self.note: Final = note
        self.sql: Final = sql
        self.schema: Final = schema
        self.panes: Final = panes


_NUMBERS: Final = "INSERT INTO {table} SELECT {columns} FROM generate_series(1, {count});"

EXAMPLES: Final = (
    Example(
        "An index, or none",
        "The index bell_note is ordered by note, then weight: the first query seeks in it, the second has nothing to "
        "seek by and reads every page of the table. Run both and compare the pages that light up.",
        "-- The index is ordered by note, then weight.\n"
        "SELECT inscription\nFROM bell\nWHERE note = 'a1' AND weight > 300;\n\n"
        "-- Nothing is ordered by weight alone.\nSELECT inscription FROM bell WHERE weight > 300;\n",
        panes=("plan", "trees"),
    ),
    Example(
        "A covering index",
        "All that the first query asks for stands in the index, so that the table is never opened. The second wants "
        "one column more: a DeferredSeek moves to the table's row for each entry.",
        "SELECT note, weight FROM bell WHERE note = 'a1';\n\n"
        "SELECT note, weight, inscription FROM bell WHERE note = 'a1';\n",
        panes=("bytecode", "trees"),
    ),
    Example(
        "The order of a join",
        "Move the slider over the passes: the plan is built in the order in which the tables are written, and "
        "order_joins begins elsewhere. What it weighed stands below the plan, with what each order would cost.",
        'SELECT c.name, b.note, b.weight\nFROM customer c\nJOIN "order" o ON o.customer_id = c.id\n'
        "JOIN bell b ON b.order_id = o.id\nWHERE b.note = 'c1';\n",
        panes=("plan",),
    ),
    Example(
        "A correlated subquery",
        "The subquery mentions a row of the query around it. Run it and see how often each node ran (loops), and where "
        "in the text the time went.",
        "SELECT o.id, o.placed,\n       (SELECT max(weight) FROM bell b WHERE b.order_id = o.id) AS heaviest\n"
        'FROM "order" o\nWHERE o.delivered IS NULL;\n',
        panes=("plan", "bytecode"),
    ),
    Example(
        "An EXISTS that becomes a join",
        "What is asked for each row may be asked once: see what the pass that unnests made of EXISTS, and why.",
        'SELECT name FROM customer c\nWHERE EXISTS (SELECT 1 FROM "order" o WHERE o.customer_id = c.id\n'
        "              AND o.delivered IS NULL);\n",
        panes=("plan",),
    ),
    Example(
        "A sort, and none",
        "The first query must have all rows before it can give one, and what does not fit into the sorter's memory "
        "goes to a file. The second takes the rows in an index's order, and has none.",
        "SELECT pitch, body FROM ring ORDER BY body;\n\n"
        "SELECT pitch, body FROM ring ORDER BY pitch LIMIT 10;\n",
        "PRAGMA cache_size = -64;\nCREATE TABLE ring (id INTEGER PRIMARY KEY, pitch INTEGER, body TEXT);\n"
        + _NUMBERS.format(
            table="ring",
            columns="value, value * 7919 % 4001, hex(value * 104729) || hex(zeroblob(60))",
            count=4000,
        )
        + "\nCREATE INDEX ring_pitch ON ring(pitch);\n",
        panes=("bytecode", "plan"),
    ),
    Example(
        "A chain of overflow pages",
        "A record longer than a quarter of a page goes on in pages of its own. Run it, then look at the tree: a cell "
        "with its chain. Open the leaf, then a page of the chain, as hex.",
        "SELECT id, length(body) FROM letter WHERE id = 5;\n\nSELECT body FROM letter WHERE id = 5;\n",
        "CREATE TABLE letter (id INTEGER PRIMARY KEY, body TEXT);\n"
        + _NUMBERS.format(table="letter", columns="value, hex(zeroblob(value * 1000))", count=7)
        + "\n",
        panes=("trees", "page"),
    ),
    Example(
        "A page is split",
        "The table has one page, and that is full. Run the INSERT and see the tree: the root has become an interior "
        "page, with two leaves below it. What was changed is marked. (Anew, above, gives the full page back.)",
        "INSERT INTO peal (name) VALUES ('Kent Treble Bob Major, once more');\n\nSELECT count(*) FROM peal;\n",
        "CREATE TABLE peal (id INTEGER PRIMARY KEY, name TEXT);\n"
        + _NUMBERS.format(table="peal", columns="value, 'Grandsire Triples, part ' || value", count=123)
        + "\n",
        panes=("trees", "page"),
    ),
    Example(
        "A write-ahead log and its checkpoint",
        "Changes go to the log, not to the file. Run the UPDATE and look at the log; then run the checkpoint, which "
        "copies the newest version of each page into the file.",
        "UPDATE tower SET bells = bells + 1 WHERE id < 20;\n\nPRAGMA wal_checkpoint(FULL);\n\n"
        "SELECT sum(bells) FROM tower;\n",
        "PRAGMA journal_mode = WAL;\nCREATE TABLE tower (id INTEGER PRIMARY KEY, bells INTEGER);\n"
        + _NUMBERS.format(table="tower", columns="value, 6 + value % 7", count=900)
        + "\n",
        panes=("log", "trees"),
    ),
    Example(
        "A query without end",
        "Nothing says when the numbers stop. Run it, and stop it: the rows that came can be read, and the figures tell "
        "what was done until then.",
        "WITH RECURSIVE stroke(n) AS (\n    SELECT 1\n    UNION ALL\n    SELECT n + 1 FROM stroke\n)\n"
        "SELECT n, n % 8 AS bell FROM stroke;\n",
        panes=("rows", "bytecode"),
    ),
)
