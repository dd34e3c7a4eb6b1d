"""Four databases: a shop with every kind of index, a company, a log of events, a library almost without indexes.

What the writers of queries have to know of a table is declared beside the statements that make it; the rows follow
from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final, TypeAlias, final

Row: TypeAlias = tuple[Any, ...]

WORDS: Final = """
    amber anchor apple arrow autumn bamboo barley beacon birch bramble bronze cabin candle canyon cedar
    cinder clover copper coral cotton crystal dahlia delta ember falcon fennel fern flint garnet ginger
    glacier granite harbor hazel heather indigo iris ivory jasper juniper kelp lantern larch laurel
    lemon lichen linen lotus maple marble meadow mint moss myrtle nettle oak ochre olive onyx opal
    orchid pebble pepper pine plum poplar quartz
""".split()  # noqa: SIM905
"""What texts are made of."""

TOWNS: Final = [f"{word.title()}ton" for word in WORDS[:40]]


@final
class Table:
    """A table as the writers of queries see it.

    Attributes:
        name: its name.
        key: the columns of its primary key.
        kinds: what its other columns hold: ``group`` has few values, ``number`` and ``real`` many, ``text`` words,
            ``day`` dates, ``maybe`` NULLs among numbers.
        parents: the columns that refer to another table, with its name and column.
        extras: conditions that a partial index or one on an expression is made for.
    """

    def __init__(
        self,
        name: str,
        key: list[str],
        kinds: dict[str, str],
        parents: dict[str, tuple[str, str]] | None = None,
        extras: list[str] | None = None,
    ) -> None:
        self.name: Final = name
        self.key: Final = key
        self.kinds: Final = kinds
        self.parents: Final = parents or {}
        self.extras: Final = extras or []


@final
class Schema:
    """A database: its statements, its tables, its rows.

    Attributes:
        name: of the whole.
        sql: what makes it.
        tables: by name.
        views: their names, each with the columns that group, number and identify its rows.
        rows: makes the rows of each table, from a random number generator and a scale.
    """

    def __init__(
        self,
        name: str,
        sql: str,
        tables: list[Table],
        views: dict[str, tuple[str, str]],
        rows: Callable[[Random, float], Iterator[tuple[str, list[Row]]]],
    ) -> None:
        self.name: Final = name
        self.sql: Final = sql
        self.tables: Final = {table.name: table for table in tables}
        self.views: Final = views
        self.rows: Final = rows


def _day(random: Random) -> str:
    return f"{random.randint(2019, 2024)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"


def _text(random: Random, count: int = 2) -> str:
    return " ".join(random.choice(WORDS) for _ in range(count))


def _maybe(random: Random, value: Any) -> Any:
    return None if random.random() < 0.2 else value


# -- a shop ------------------------------------------------------------------------------------------------------


def _shop_rows(random: Random, scale: float) -> Iterator[tuple[str, list[Row]]]:
    customers, products, purchases = (int(n * scale) for n in (2000, 400, 10_000))
    yield (
        "customer",
        [
            (
                i,
                _text(random).title(),
                random.choice(TOWNS),
                f"{random.choice(WORDS)}{i}@example.com",
                random.randint(1940, 2005),
                _maybe(random, random.randint(1, customers)),
            )
            for i in range(1, customers + 1)
        ],
    )
    yield (
        "product",
        [
            (
                i,
                _text(random, 3),
                random.choice(WORDS[:12]),
                round(random.uniform(1, 500), 2),
                random.randint(0, 90),
            )
            for i in range(1, products + 1)
        ],
    )
    yield (
        "purchase",
        [
            (
                i,
                random.randint(1, customers),
                _day(random),
                random.choices(["done", "sent", "open", "lost"], [80, 14, 5, 1])[0],
                round(random.uniform(5, 900), 2),
            )
            for i in range(1, purchases + 1)
        ],
    )
    yield (
        "item",
        [
            (i, line, random.randint(1, products), random.randint(1, 9), round(random.uniform(1, 500), 2))
            for i in range(1, purchases + 1)
            for line in range(1, random.randint(1, 4) + 1)
        ],
    )


SHOP: Final = Schema(
    "shop",
    """
    CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, town TEXT, email TEXT UNIQUE, born INTEGER,
                          referrer INTEGER REFERENCES customer);
    CREATE INDEX customer_town ON customer(town);
    CREATE INDEX customer_name ON customer(name COLLATE NOCASE);
    CREATE INDEX customer_email ON customer(lower(email));
    CREATE TABLE product(id INTEGER PRIMARY KEY, title TEXT, kind TEXT, price REAL, stock INTEGER);
    CREATE INDEX product_kind ON product(kind, price);
    CREATE TABLE purchase(id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customer, day TEXT, state TEXT,
                          total REAL);
    CREATE INDEX purchase_customer ON purchase(customer);
    CREATE INDEX purchase_state ON purchase(state, day);
    CREATE INDEX purchase_open ON purchase(day, total) WHERE state = 'open';
    CREATE INDEX purchase_month ON purchase(substr(day, 1, 7), total);
    CREATE TABLE item(purchase INTEGER REFERENCES purchase, line INTEGER, product INTEGER REFERENCES product,
                      quantity INTEGER, price REAL, PRIMARY KEY(purchase, line)) WITHOUT ROWID;
    CREATE INDEX item_product ON item(product);
    CREATE VIEW spending AS SELECT customer AS grp, count(*) AS n, sum(total) AS amount FROM purchase GROUP BY customer;
    CREATE VIEW sold AS SELECT p.kind AS grp, i.quantity AS n, i.price AS amount
        FROM item i JOIN product p ON p.id = i.product;
    """,
    [
        Table(
            "customer",
            ["id"],
            {"name": "text", "town": "group", "email": "text", "born": "number"},
            {"referrer": ("customer", "id")},
            ["lower(email) = 'apple7@example.com'", "name = 'AMBER FERN' COLLATE NOCASE"],
        ),
        Table("product", ["id"], {"title": "text", "kind": "group", "price": "real", "stock": "number"}),
        Table(
            "purchase",
            ["id"],
            {"day": "day", "state": "group", "total": "real"},
            {"customer": ("customer", "id")},
            [
                "state = 'open' AND day > '2022-03-01'",
                "state = 'open' AND total > 700",
                "substr(day, 1, 7) = '2021-05'",
                "substr(day, 1, 7) BETWEEN '2021-05' AND '2021-09'",
            ],
        ),
        Table(
            "item",
            ["purchase", "line"],
            {"quantity": "number", "price": "real"},
            {"purchase": ("purchase", "id"), "product": ("product", "id")},
        ),
    ],
    {"spending": ("grp", "amount"), "sold": ("grp", "amount")},
    _shop_rows,
)


# -- a company ---------------------------------------------------------------------------------------------------


def _company_rows(random: Random, scale: float) -> Iterator[tuple[str, list[Row]]]:
    offices, employees, projects = int(40 * scale) + 1, int(4000 * scale), int(200 * scale) + 1
    yield (
        "office",
        [
            (f"OF{i}", random.choice(TOWNS), random.choice("DEFIUS") + random.choice("EKRST"))
            for i in range(offices)
        ],
    )
    yield (
        "employee",
        [
            (
                i,
                None if i == 1 else random.randint(1, max(1, i // 3)),
                _text(random).title(),
                f"OF{random.randrange(offices)}",
                random.randint(2000, 9000),
                _day(random),
            )
            for i in range(1, employees + 1)
        ],
    )
    yield (
        "project",
        [
            (
                i,
                f"OF{random.randrange(offices)}",
                f"{_text(random)} {i}",
                random.randint(1, 999) * 100,
                _maybe(random, _day(random)),
            )
            for i in range(1, projects + 1)
        ],
    )
    pairs = {(random.randint(1, employees), random.randint(1, projects)) for _ in range(int(16_000 * scale))}
    yield "works", [(*pair, random.randint(1, 300), random.choice(WORDS[:6])) for pair in sorted(pairs)]


COMPANY: Final = Schema(
    "company",
    """
    CREATE TABLE office(code TEXT PRIMARY KEY, city TEXT, country TEXT) WITHOUT ROWID;
    CREATE TABLE employee(id INTEGER PRIMARY KEY, boss INTEGER REFERENCES employee, name TEXT COLLATE NOCASE,
                          office TEXT REFERENCES office, salary INTEGER, hired TEXT);
    CREATE INDEX employee_boss ON employee(boss);
    CREATE INDEX employee_office ON employee(office, salary DESC);
    CREATE INDEX employee_name ON employee(name);
    CREATE TABLE project(id INTEGER PRIMARY KEY, office TEXT REFERENCES office, title TEXT UNIQUE, budget INTEGER,
                         ended TEXT);
    CREATE TABLE works(employee INTEGER REFERENCES employee, project INTEGER REFERENCES project, hours INTEGER,
                       role TEXT, PRIMARY KEY(employee, project)) WITHOUT ROWID;
    CREATE INDEX works_project ON works(project, role, hours);
    CREATE VIEW crew AS SELECT w.project AS grp, e.id AS n, w.hours AS amount
        FROM works w JOIN employee e ON e.id = w.employee;
    CREATE VIEW payroll AS SELECT office AS grp, count(*) AS n, avg(salary) AS amount FROM employee GROUP BY office;
    """,
    [
        Table("office", ["code"], {"city": "group", "country": "group"}),
        Table(
            "employee",
            ["id"],
            {"name": "text", "salary": "number", "hired": "day"},
            {"boss": ("employee", "id"), "office": ("office", "code")},
            ["office = 'OF3' AND salary > 8000", "salary / 1000 = 7"],
        ),
        Table(
            "project",
            ["id"],
            {"title": "text", "budget": "number", "ended": "day"},
            {"office": ("office", "code")},
        ),
        Table(
            "works",
            ["employee", "project"],
            {"hours": "number", "role": "group"},
            {"employee": ("employee", "id"), "project": ("project", "id")},
            ["project = 7 AND role = 'amber'"],
        ),
    ],
    {"crew": ("grp", "amount"), "payroll": ("grp", "amount")},
    _company_rows,
)


# -- a log of events ---------------------------------------------------------------------------------------------


def _events_rows(random: Random, scale: float) -> Iterator[tuple[str, list[Row]]]:
    hosts, users, events, visits = (int(n * scale) + 1 for n in (80, 500, 20_000, 4000))
    yield "host", [(i, f"{random.choice(WORDS)}-{i}", random.choice(WORDS[:5])) for i in range(1, hosts + 1)]
    yield (
        "event",
        [
            (
                i,
                random.randint(1, hosts),
                1_600_000_000 + i * 37 + random.randint(0, 500),
                random.choices(["info", "debug", "warning", "error"], [60, 30, 8, 2])[0],
                _text(random, 5),
                random.randint(0, 100_000),
                f"{random.choice('UuVv')}ser{random.randint(1, users)}",
            )
            for i in range(1, events + 1)
        ],
    )
    yield (
        "visit",
        [
            (
                i,
                f"user{random.randint(1, users)}",
                random.randint(1, hosts),
                1_600_000_000 + random.randint(0, 700_000),
                _maybe(random, random.randint(1, 5000)),
            )
            for i in range(1, visits + 1)
        ],
    )


EVENTS: Final = Schema(
    "events",
    """
    CREATE TABLE host(id INTEGER PRIMARY KEY, name TEXT UNIQUE, zone TEXT);
    CREATE TABLE event(id INTEGER PRIMARY KEY, host INTEGER REFERENCES host, at INTEGER, level TEXT, message TEXT,
                       size INTEGER, who TEXT);
    CREATE INDEX event_host ON event(host, at);
    CREATE INDEX event_level ON event(level, at);
    CREATE INDEX event_error ON event(size) WHERE level = 'error';
    CREATE INDEX event_who ON event(lower(who));
    CREATE INDEX event_hour ON event(at / 3600, size);
    CREATE TABLE visit(id INTEGER PRIMARY KEY, who TEXT, host INTEGER REFERENCES host, began INTEGER, lasted INTEGER);
    CREATE INDEX visit_who ON visit(who);
    CREATE VIEW hourly AS SELECT at / 3600 AS grp, count(*) AS n, max(size) AS amount FROM event GROUP BY at / 3600;
    CREATE VIEW trouble AS SELECT host AS grp, at AS n, size AS amount FROM event WHERE level = 'error';
    """,
    [
        Table("host", ["id"], {"name": "text", "zone": "group"}),
        Table(
            "event",
            ["id"],
            {"at": "number", "level": "group", "message": "text", "size": "number", "who": "text"},
            {"host": ("host", "id")},
            [
                "level = 'error' AND size > 50000",
                "lower(who) = 'user77'",
                "lower(who) IN ('user1', 'user2', 'vser3')",
                "at / 3600 = 444500",
                "at / 3600 > 444600 AND size < 10000",
            ],
        ),
        Table(
            "visit",
            ["id"],
            {"who": "text", "began": "number", "lasted": "maybe"},
            {"host": ("host", "id")},
            ["who = 'user7'"],
        ),
    ],
    {"hourly": ("grp", "amount"), "trouble": ("grp", "amount")},
    _events_rows,
)


# -- a library ---------------------------------------------------------------------------------------------------


def _library_rows(random: Random, scale: float) -> Iterator[tuple[str, list[Row]]]:
    authors, books, readers, loans = (int(n * scale) + 1 for n in (600, 3000, 800, 12_000))
    yield (
        "author",
        [
            (i, _text(random).title(), random.choice(TOWNS), _maybe(random, random.randint(1850, 1990)))
            for i in range(1, authors + 1)
        ],
    )
    yield (
        "book",
        [
            (
                i,
                random.randint(1, authors),
                _text(random, 4),
                random.randint(1900, 2024),
                random.choice(["en", "de", "fr", "it", "es"]),
                round(random.uniform(3, 90), 2),
            )
            for i in range(1, books + 1)
        ],
    )
    yield "reader", [(i, _text(random).title(), random.choice(TOWNS)) for i in range(1, readers + 1)]
    yield (
        "loan",
        [
            (
                i,
                random.randint(1, books),
                random.randint(1, readers),
                _day(random),
                _maybe(random, random.randint(1, 60)),
            )
            for i in range(1, loans + 1)
        ],
    )


LIBRARY: Final = Schema(
    "library",
    """
    CREATE TABLE author(id INTEGER PRIMARY KEY, name TEXT, town TEXT, born INTEGER);
    CREATE TABLE book(id INTEGER PRIMARY KEY, author INTEGER, title TEXT, year INTEGER, language TEXT, price REAL);
    CREATE TABLE reader(id INTEGER PRIMARY KEY, name TEXT, town TEXT);
    CREATE TABLE loan(id INTEGER PRIMARY KEY, book INTEGER, reader INTEGER, day TEXT, days INTEGER);
    CREATE INDEX loan_day ON loan(day);
    CREATE VIEW popular AS SELECT book AS grp, count(*) AS n, avg(days) AS amount FROM loan GROUP BY book;
    CREATE VIEW written AS SELECT a.town AS grp, b.id AS n, b.price AS amount
        FROM author a LEFT JOIN book b ON b.author = a.id;
    """,
    [
        Table("author", ["id"], {"name": "text", "town": "group", "born": "maybe"}),
        Table(
            "book",
            ["id"],
            {"title": "text", "year": "number", "language": "group", "price": "real"},
            {"author": ("author", "id")},
        ),
        Table("reader", ["id"], {"name": "text", "town": "group"}),
        Table(
            "loan",
            ["id"],
            {"day": "day", "days": "maybe"},
            {"book": ("book", "id"), "reader": ("reader", "id")},
            ["day > '2024-12-01'"],
        ),
    ],
    {"popular": ("grp", "amount"), "written": ("grp", "amount")},
    _library_rows,
)

SCHEMAS: Final = (SHOP, COMPANY, EVENTS, LIBRARY)


def fill(connection: Any, schema: Schema, seed: int, scale: float) -> None:
    """Make a schema's tables and their rows."""
    connection.executescript(schema.sql)
    connection.execute("BEGIN")
    for table, rows in schema.rows(Random(seed), scale):
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    connection.execute("COMMIT")
