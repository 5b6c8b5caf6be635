"""Both sides of an effect held against the cell rule: with how much each person decided, not how many stand around."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pytest

from metrics.engines.duckdb import DuckDBEngine
from metrics.loyalty.drivers import Term
from metrics.loyalty.sides import parted, sided
from metrics.strategy.load import load
from metrics.strategy.model import Strategy
from tests.conftest import ROOT

X = Term("x")
UNKNOWN = -1


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    found = load(ROOT / "strategy.yaml").strategy
    assert found is not None
    return found


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine() as one:
        yield one


def put(engine: DuckDBEngine, x: Sequence[int], cut: Sequence[int] | None = None) -> None:
    rows = np.arange(len(x))
    columns = {"row": rows, "customer": rows, "x": np.array(x), "part": np.array(cut if cut is not None else rows * 0)}
    engine.register("t", pa.table(columns))


def who(engine: DuckDBEngine, staff: Sequence[int | None], name: str = "who") -> None:
    """One member of staff a row; None: nobody."""
    lines = [(row, person) for row, person in enumerate(staff) if person is not None]
    engine.register(name, pa.table({"row": [a for a, _ in lines] or pa.array([], pa.int64()),
                                    "staff": [b for _, b in lines] or pa.array([], pa.int64())}))  # fmt: skip


def passes(engine: DuckDBEngine, strategy: Strategy, *tables: str) -> bool:
    return X in sided(engine, strategy, "t", [X], {"x": tables or ("who",)}).get(0, frozenset())


IN = [1] * 100 + [0] * 300
SPREAD = [i % 20 for i in range(300)]


@pytest.mark.parametrize(
    ("decided", "good"),
    [
        ([i % 5 for i in range(100)], True),
        ([i % 4 for i in range(100)], False),
        ([0] * 40 + [1 + i % 9 for i in range(60)], True),
        ([0] * 41 + [1 + i % 9 for i in range(59)], False),
        ([0] * 38 + [1] * 37 + [2 + i % 9 for i in range(25)], True),
        ([0] * 38 + [1] * 38 + [2 + i % 9 for i in range(24)], False),
        ([UNKNOWN] * 41 + [i % 9 for i in range(59)], False),
        ([UNKNOWN] * 20 + [i % 4 for i in range(80)], False),
        ([None] * 100, True),
        ([None] * 90 + [0] * 10, False),
    ],
)
def test_each_side_has_five_and_nobody_leads(
    engine: DuckDBEngine, strategy: Strategy, decided: list[int | None], good: bool
) -> None:
    """On either side; whom nobody handled say nothing about staff, and thin nobody out."""
    put(engine, IN)
    who(engine, [*decided, *SPREAD])
    assert passes(engine, strategy) is good
    put(engine, [1 - x for x in IN])
    assert passes(engine, strategy) is good


def test_the_panel_as_a_whole_hides_nobody(engine: DuckDBEngine, strategy: Strategy) -> None:
    """The 100 of one person are a quarter of all rows: the whole passes, the effect is hers."""
    put(engine, IN)
    who(engine, [99] * 100 + SPREAD)
    assert parted(engine, strategy, "t", "0", 1, ("who",))
    assert not passes(engine, strategy)


def test_rows_weigh_as_much_as_they_lie_away(engine: DuckDBEngine, strategy: Strategy) -> None:
    """Twenty answers of 0 are a fifth of the poor ones, and most of what makes the slope there."""
    x = [0] * 20 + [7] * 80 + [9, 8, 10] * 100
    put(engine, x)
    who(engine, [99] * 20 + [i % 10 for i in range(80)] + SPREAD)
    assert parted(engine, strategy, "t", "CASE WHEN x <= 7 THEN 0 ELSE 1 END", 2, ("who",))
    assert not passes(engine, strategy)


def test_one_kind_of_work_does_not_hide_another(engine: DuckDBEngine, strategy: Strategy) -> None:
    put(engine, IN)
    who(engine, [99] * 100 + SPREAD, "contacts")
    who(engine, [200 + i % 30 for i in range(400)], "orders")
    assert passes(engine, strategy, "orders") and not passes(engine, strategy, "contacts", "orders")


def test_a_part_stands_on_its_own_rows(engine: DuckDBEngine, strategy: Strategy) -> None:
    """In part 1 one person decided; in part 0 many; in part 2 it befell nobody."""
    put(engine, [*IN, *IN, *[0] * 400], [0] * 400 + [1] * 400 + [2] * 400)
    many = [i % 20 for i in range(100)]
    who(engine, [*many, *SPREAD, *[99] * 100, *SPREAD, *many, *SPREAD])
    found = sided(engine, strategy, "t", [X], {"x": ("who",)}, "part")
    assert found == {0: frozenset({X})}


def test_nine_customers_are_no_side(engine: DuckDBEngine, strategy: Strategy) -> None:
    for count, good in ((9, False), (10, True)):
        put(engine, [1] * count + [0] * 300)
        who(engine, [i % 5 for i in range(count)] + SPREAD)
        assert passes(engine, strategy) is good


def test_of_whom_nobody_says_who_decided_nothing_is_told(engine: DuckDBEngine, strategy: Strategy) -> None:
    put(engine, IN)
    who(engine, [0, 1, 2, 3, 4] * 80)
    assert sided(engine, strategy, "t", [X], {}) == {} == sided(engine, strategy, "t", [X], {"x": ()})
