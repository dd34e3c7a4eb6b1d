"""Rows of TPC-H's shape (specification section 4.2.3), from a seed of our own.

Cardinalities, value ranges and the dependencies between columns are the specification's: which suppliers a part has,
orders for two customers of three, dates that follow from the order's date, flags that follow from the dates.  The
random numbers are Python's, so that the rows are not those of the official program.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final, TypeAlias, final

from tpch.words import (
    COLOURS,
    COMMENT,
    CONTAINERS,
    INSTRUCTIONS,
    MODES,
    NATIONS,
    PRIORITIES,
    REGIONS,
    SEGMENTS,
    TYPES,
)

Row: TypeAlias = tuple[int | float | str, ...]
START: Final = date(1992, 1, 1)
CURRENT: Final = "1995-06-17"
ORDER_DAYS: Final = (date(1998, 12, 31) - timedelta(days=151) - START).days
_DAYS: Final = [(START + timedelta(days=day)).isoformat() for day in range(7 * 366)]


@final
class Data:
    """The rows of all tables.

    Args:
        scale: TPC-H's scale factor; 1 would be 6 million line items.
        seed: what the rows follow from.
    """

    def __init__(self, scale: float = 0.01, seed: int = 1) -> None:
        self.random = Random(seed)
        self.suppliers = max(4, round(10_000 * scale))
        self.parts = max(20, round(200_000 * scale))
        self.customers = max(15, round(150_000 * scale))

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        """Each table's name and rows."""
        yield "region", [(key, name, self._comment()) for key, name in enumerate(REGIONS)]
        yield "nation", [(key, name, region, self._comment()) for key, (name, region) in enumerate(NATIONS)]
        yield "supplier", [self._supplier(key) for key in range(1, self.suppliers + 1)]
        yield "part", [self._part(key) for key in range(1, self.parts + 1)]
        yield "partsupp", [row for key in range(1, self.parts + 1) for row in self._partsupps(key)]
        yield "customer", [self._customer(key) for key in range(1, self.customers + 1)]
        orders: list[Row] = []
        lines: list[Row] = []
        for number in range(self.customers * 10):
            self._order(number, orders, lines)
        yield "orders", orders
        yield "lineitem", lines

    def _comment(self, low: int = 3, high: int = 9) -> str:
        return " ".join(self.random.choices(COMMENT, k=self.random.randint(low, high)))

    def _money(self, low: int, high: int) -> float:
        return self.random.randint(low, high) / 100

    def _phone(self, nation: int) -> str:
        numbers = [
            self.random.randint(100, 999),
            self.random.randint(100, 999),
            self.random.randint(1000, 9999),
        ]
        return "-".join(map(str, [nation + 10, *numbers]))

    def _supplier(self, key: int) -> Row:
        nation = self.random.randrange(25)
        comment = self._comment()
        if key % 50 == 7:
            comment = (
                f"{comment} Customer {self.random.choice(['Complaints', 'Recommends'])} {self._comment(1, 2)}"
            )
        address = self._comment(1, 3)
        return (
            key,
            f"Supplier#{key:09}",
            address,
            nation,
            self._phone(nation),
            self._money(-99999, 999999),
            comment,
        )

    def _part(self, key: int) -> Row:
        choice = self.random.choice
        maker = self.random.randint(1, 5)
        return (
            key,
            " ".join(self.random.sample(COLOURS, 5)),
            f"Manufacturer#{maker}",
            f"Brand#{maker}{self.random.randint(1, 5)}",
            " ".join(choice(syllables) for syllables in TYPES),
            self.random.randint(1, 50),
            " ".join(choice(syllables) for syllables in CONTAINERS),
            _retail_price(key),
            self._comment(1, 3),
        )

    def _supplier_of(self, part: int, number: int) -> int:
        """The ``number``-th (0 to 3) supplier of a part."""
        count = self.suppliers
        return (part + number * (count // 4 + (part - 1) // count)) % count + 1

    def _partsupps(self, part: int) -> list[Row]:
        suppliers = dict.fromkeys(self._supplier_of(part, number) for number in range(4))
        return [
            (part, supplier, self.random.randint(1, 9999), self._money(100, 100000), self._comment())
            for supplier in suppliers
        ]

    def _customer(self, key: int) -> Row:
        nation = self.random.randrange(25)
        name, address, phone = f"Customer#{key:09}", self._comment(1, 3), self._phone(nation)
        balance, segment = self._money(-99999, 999999), self.random.choice(SEGMENTS)
        return key, name, address, nation, phone, balance, segment, self._comment()

    def _order(self, number: int, orders: list[Row], lines: list[Row]) -> None:
        key = number // 8 * 32 + number % 8 + 1
        customer = self.random.randint(1, self.customers)
        while customer % 3 == 0:
            customer = self.random.randint(1, self.customers)
        day = self.random.randint(0, ORDER_DAYS)
        own = [self._line(key, line + 1, day) for line in range(self.random.randint(1, 7))]
        lines += own
        total = round(sum(float(row[5]) * (1 + float(row[7])) * (1 - float(row[6])) for row in own), 2)
        states = {row[9] for row in own}
        status = "P" if len(states) > 1 else str(states.pop())
        clerk = f"Clerk#{self.random.randint(1, max(1, self.customers // 150)):09}"
        priority = self.random.choice(PRIORITIES)
        orders.append((key, customer, status, total, _DAYS[day], priority, clerk, 0, self._comment()))

    def _line(self, order: int, number: int, day: int) -> Row:
        part = self.random.randint(1, self.parts)
        supplier = self._supplier_of(part, self.random.randrange(4))
        quantity = self.random.randint(1, 50)
        price = round(quantity * _retail_price(part), 2)
        shipped = day + self.random.randint(1, 121)
        committed = day + self.random.randint(30, 90)
        received = shipped + self.random.randint(1, 30)
        flag = self.random.choice(["R", "A"]) if _DAYS[received] <= CURRENT else "N"
        status = "O" if _DAYS[shipped] > CURRENT else "F"
        money = (quantity, price, self._money(0, 10), self._money(0, 8))
        dates = (_DAYS[shipped], _DAYS[committed], _DAYS[received])
        how = (self.random.choice(INSTRUCTIONS), self.random.choice(MODES), self._comment(2, 5))
        return order, part, supplier, number, *money, flag, status, *dates, *how


def _retail_price(part: int) -> float:
    return (90000 + part // 10 % 20001 + 100 * (part % 1000)) / 100
