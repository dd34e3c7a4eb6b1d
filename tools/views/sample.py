"""The sample database: a bell foundry and its customers, the same on every machine.

Five tables that refer to each other, three indexes and two views; text, integers, reals, NULLs, dates.  The data comes
from a small generator with a fixed start, so that examples in the documentation stay true.
"""

from __future__ import annotations

from typing import Final

from foundrydb.api.connection import Connection, connect

SCHEMA: Final = """
CREATE TABLE alloy (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    copper REAL NOT NULL,
    tin REAL NOT NULL,
    price REAL NOT NULL
);
CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    town TEXT NOT NULL,
    country TEXT NOT NULL DEFAULT 'Netherlands'
);
CREATE TABLE "order" (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer(id),
    placed TEXT NOT NULL,
    delivered TEXT
);
CREATE TABLE bell (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES "order"(id),
    alloy_id INTEGER NOT NULL REFERENCES alloy(id),
    note TEXT NOT NULL,
    weight REAL NOT NULL CHECK (weight > 0),
    inscription TEXT
);
CREATE TABLE measurement (
    bell_id INTEGER NOT NULL REFERENCES bell(id),
    partial TEXT NOT NULL,
    hertz REAL NOT NULL,
    PRIMARY KEY (bell_id, partial)
);
CREATE INDEX order_customer ON "order"(customer_id);
CREATE INDEX bell_order ON bell(order_id);
CREATE INDEX bell_note ON bell(note, weight DESC);
CREATE VIEW invoice AS
    SELECT o.id AS order_id, c.name AS customer, o.placed, count(*) AS bells,
           round(sum(b.weight * a.price), 2) AS total
    FROM "order" AS o
    JOIN customer AS c ON c.id = o.customer_id
    JOIN bell AS b ON b.order_id = o.id
    JOIN alloy AS a ON a.id = b.alloy_id
    GROUP BY o.id;
CREATE VIEW waiting AS
    SELECT c.name AS customer, c.town, o.placed
    FROM "order" AS o JOIN customer AS c ON c.id = o.customer_id
    WHERE o.delivered IS NULL;
"""

ALLOYS: Final = (
    ("bell metal", 78.0, 22.0, 31.5),
    ("red brass", 85.0, 5.0, 24.25),
    ("tin bronze", 88.0, 12.0, 28.0),
    ("silver bronze", 80.5, 18.5, 96.75),
)
TOWNS: Final = (
    ("Aarle-Rixtel", "Netherlands"),
    ("Asten", "Netherlands"),
    ("Delft", "Netherlands"),
    ("Mechelen", "Belgium"),
    ("Gent", "Belgium"),
    ("Köln", "Germany"),
    ("Münster", "Germany"),
    ("Loughborough", "England"),
    ("Bergen", "Norway"),
    ("Annecy", "France"),
)
PATRONS: Final = ("Sint Jan", "Our Lady", "Town Hall", "Abbey", "Carillon School", "Old Tower")
NOTES: Final = ("c", "cis", "d", "es", "e", "f", "fis", "g", "as", "a", "bes", "b")
PARTIALS: Final = (("hum", 0.5), ("prime", 1.0), ("tierce", 1.2), ("quint", 1.5), ("nominal", 2.0))
INSCRIPTIONS: Final = ("Vox mea vita", "Soli Deo gloria", "I call the living", "Vivos voco", None, None)

CUSTOMERS: Final = 24
ORDERS: Final = 60


class _Dice:
    """Numbers that look random and are the same each time."""

    def __init__(self, start: int) -> None:
        self.state = start

    def below(self, bound: int) -> int:
        """A number from 0 to ``bound`` - 1."""
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self.state >> 12) % bound


def create_sample(path: str) -> list[tuple[str, int]]:
    """Make the database in a new file.

    Returns:
        Each table's name and number of rows.
    """
    connection = connect(path)
    try:
        connection.executescript(SCHEMA)
        _fill(connection, _Dice(1604))
        connection.commit()
        names = ["alloy", "customer", "order", "bell", "measurement"]
        return [(name, connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names]
    finally:
        connection.close()


def _fill(connection: Connection, dice: _Dice) -> None:
    insert = connection.executemany
    insert("INSERT INTO alloy (name, copper, tin, price) VALUES (?, ?, ?, ?)", ALLOYS)
    insert("INSERT INTO customer (name, town, country) VALUES (?, ?, ?)", _customers(dice))
    orders = [_order(dice) for _ in range(ORDERS)]
    insert('INSERT INTO "order" (customer_id, placed, delivered) VALUES (?, ?, ?)', orders)
    bells = [bell for order in range(1, ORDERS + 1) for bell in _bells(dice, order)]
    insert("INSERT INTO bell (order_id, alloy_id, note, weight, inscription) VALUES (?, ?, ?, ?, ?)", bells)
    measured = [row for number, bell in enumerate(bells, 1) for row in _measurements(dice, number, bell[2])]
    insert("INSERT INTO measurement (bell_id, partial, hertz) VALUES (?, ?, ?)", measured)


def _customers(dice: _Dice) -> list[tuple[str, str, str]]:
    rows = []
    for number in range(CUSTOMERS):
        town, country = TOWNS[(number * 7) % len(TOWNS)]
        rows.append((f"{PATRONS[dice.below(len(PATRONS))]} {town}", town, country))
    return rows


def _order(dice: _Dice) -> tuple[int, str, str | None]:
    year, month, day = 2019 + dice.below(6), 1 + dice.below(12), 1 + dice.below(28)
    waits = year == 2024 and dice.below(3)
    delivered = None if waits else f"{year + 1}-{1 + dice.below(12):02}-{1 + dice.below(28):02}"
    return 1 + dice.below(CUSTOMERS), f"{year}-{month:02}-{day:02}", delivered


def _bells(dice: _Dice, order: int) -> list[tuple[int, int, str, float, str | None]]:
    rows = []
    for _ in range(1 + dice.below(6)):
        step = dice.below(36)
        note = f"{NOTES[step % 12]}{step // 12 + 1}"
        weight = round(4800 * 0.86**step + dice.below(400) / 10, 1)
        alloy = 1 + (dice.below(3) and dice.below(len(ALLOYS)))
        rows.append((order, alloy, note, weight, INSCRIPTIONS[dice.below(len(INSCRIPTIONS))]))
    return rows


def _measurements(dice: _Dice, bell: int, note: str) -> list[tuple[int, str, float]]:
    step = NOTES.index(note[:-1]) + 12 * (int(note[-1]) - 1)
    pitch = 261.625565 * 2 ** (step / 12)
    return [
        (bell, name, round(pitch * ratio * (1 + (dice.below(21) - 10) / 4000), 2)) for name, ratio in PARTIALS
    ]
