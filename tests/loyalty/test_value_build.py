"""Value of small companies from their files: which method is used and why, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from metrics.build import build
from metrics.errors import Refused
from metrics.loyalty.value.bgnbd import Rates
from metrics.loyalty.value.sbg import Leaving
from metrics.loyalty.value.told import Method, Why
from metrics.release import Release
from metrics.value import Value, value
from metrics.value.cells import State
from tests.loyalty.customers import streams

HEAD = """
version: 1
used_for: strategy
organisation: {{name: Small company, time_zone: Asia/Ho_Chi_Minh}}
goals:
  - {{id: keep, name: Keep, statement: They come back., customer_outcome: As promised, business_outcome: More,
     sponsor: Service}}
journey: [{{id: buy, name: Buy, customer_goal: Pay, owner: Sales, touchpoints: [{{id: shop, name: Shop}}]}}]
loyalty: {{outcome: back{value}}}
dimensions: [{{id: segment, name: Segment, values: [{{id: home, name: Homes}}, {{id: firm, name: Firms}}]}}]
views: [{{id: by_segment, dimensions: [segment], question: Which customers?}}]
kpis:
  - {{id: back, name: Back, metric: {metric}, goal: keep, owner: Service, direction: up,
     targets: [{{by: 2026-12-31, value: 50}}], reading: {{low: Mend it, high: Keep on}},
     levers: [{{kind: process, name: Fix the route}}]}}
"""
SOURCES = """
as_of: 2026-01-05
files:
  - file: customers.csv
    tables: [{{table: customers, columns: {{customer_id: customer, joined: joined, segment: segment,
              acquisition: found}}}}]
  - file: orders.csv
    tables:
      - table: orders
        columns: {{order_id: order, customer_id: customer, ordered_at: at, amount: amount{staff}}}
traits: {{orders: {{{traits}}}}}
"""
VALUE = ", value: {margin: 40, discount_rate: 10, horizon_years: 3, acquisition_cost: 50, earned: [friend]"
START = date(2024, 1, 1)
Order = tuple[int, date, int]
RETAIL, MEMBERS = Rates(0.6, 10.0, 1.5, 12.0), Leaving(0.7, 4.0)
Made = Callable[..., Value]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """``made(orders, ...)``: the value read from a release of these (customer, day, amount)."""

    def go(
        orders: list[Order],
        value_: str = VALUE + "}",
        metric: str = "repurchase, of: {days: 90}",
        traits: str = "no_staff: true",
        staff: list[str] | None = None,
        segment: str | None = None,
    ) -> Value:
        people = sorted({c for c, _, _ in orders})
        first: dict[int, date] = {}
        for c, day, _ in sorted(orders, key=lambda o: o[1]):
            first.setdefault(c, day)
        rows = [
            f"KH-{c:06d},{first[c]},{('home', 'firm')[c % 3 == 0]},{('friend', 'advert')[c % 5 > 0]}" for c in people
        ]
        (tmp_path / "customers.csv").write_text("customer,joined,segment,found\n" + "\n".join(rows) + "\n")
        seller = (lambda i: f",{staff[i % len(staff)]}") if staff else lambda i: ""
        lines = [f"DH-{i:07d},KH-{c:06d},{day} 10:00,{amount}{seller(i)}" for i, (c, day, amount) in enumerate(orders)]
        head = "order,customer,at,amount" + (",seller" if staff else "")
        (tmp_path / "orders.csv").write_text(head + "\n" + "\n".join(lines) + "\n")
        sources = SOURCES.format(staff=", staff: seller" if staff else "", traits=traits)
        (tmp_path / "sources.yaml").write_text(sources)
        (tmp_path / "strategy.yaml").write_text(HEAD.format(value=value_, metric=metric))
        out = tmp_path / "release.duckdb"
        build(tmp_path / "strategy.yaml", tmp_path / "sources.yaml", out)
        with closing(Release(out)) as release:
            return value(release, segment)

    return go


def retailer(n: int, seed: int = 1, p: Rates = RETAIL) -> list[Order]:
    """Customers of BG/NBD (weeks) who begin evenly over two years; spend varies by order and customer."""
    rng = np.random.default_rng(seed)
    begin = np.sort(rng.integers(0, 700, n))
    orders: list[Order] = []
    for c, times in enumerate(streams(rng, n, p, 104.0)):
        level = 100 * rng.gamma(6, 1 / 6)
        days = [0, *(int(np.ceil(t * 7)) for t in times)]
        for d in sorted(set(days)):
            day = START + timedelta(int(begin[c]) + d)
            if day <= date(2025, 12, 31):
                orders.append((c, day, max(1, round(level * rng.gamma(8, 1 / 8)))))
    return orders


def club(n: int, seed: int = 2, p: Leaving = MEMBERS) -> list[Order]:
    """Members who pay on the 3rd of every month until they leave."""
    rng = np.random.default_rng(seed)
    stops = rng.beta(p.alpha, p.beta, n)
    orders: list[Order] = []
    for c in range(n):
        month = int(rng.integers(0, 18))
        while month < 24:
            orders.append((c, date(2024 + month // 12, month % 12 + 1, 3), 90 + c % 21))
            if rng.random() < stops[c]:
                break
            month += 1
    return orders


def test_a_retailer_is_modelled(made: Made) -> None:
    found = made(retailer(2500))
    assert found.worth is not None and found.worth.method is Method.BGNBD and found.worth.why is Why.FORESEES
    assert found.worth.foreseen == pytest.approx(100, abs=15)
    assert found.worth.spend is not None and found.worth.spend.value == pytest.approx(40, rel=0.05)
    assert found.referral is not None and found.referral.year.value == pytest.approx(20, abs=3)
    assert found.growth is not None and found.growth.rate is not None
    assert found.growth.rate.low is not None and found.growth.rate.low < found.growth.rate.value


def test_members_are_modelled_by_who_is_left(made: Made) -> None:
    found = made(club(1500), VALUE + ", contractual: true}", "retention, of: {age: 3}")
    at, p = found.worth, MEMBERS
    assert at is not None and at.method is Method.SBG and at.why is Why.CONTRACT and at.stay is not None
    assert at.stay.low < 100 * p.retention(1)[0] < at.stay.high
    weights = 1.1 ** (-np.arange(37) / 12)
    assert at.worth is not None
    assert at.worth.low < 0.4 * 100 * float((p.survival(36) * weights).sum()) < at.worth.high
    more = np.concatenate([[1], np.cumprod(np.minimum(p.retention(36) + 0.05, 1))])
    assert at.five is not None and at.returner is None
    assert at.five.low < 0.4 * 100 * float(((more - p.survival(36)) * weights).sum()) < at.five.high


def test_a_contract_that_customers_pause_is_none(made: Made) -> None:
    found = made(retailer(1200), VALUE + ", contractual: true}")
    assert found.worth is not None and found.worth.method is Method.COHORTS and found.worth.why is Why.PAUSES


def test_few_customers_are_counted_and_nothing_is_fitted(made: Made) -> None:
    found = made(retailer(150))
    at = found.worth
    assert at is not None and at.method is Method.COHORTS and at.why is Why.TOO_FEW
    assert at.worth is None and at.five is None and all(p.low is None for p in at.curve)


def test_no_margin_is_revenue_and_said_so(made: Made) -> None:
    without = made(retailer(900), ", value: {horizon_years: 3, discount_rate: 10}")
    assert without.worth is not None and without.worth.in_revenue
    assert without.worth.cost is None and without.worth.payback is None
    assert without.worth.spend is not None and without.worth.spend.value == pytest.approx(100, rel=0.06)
    assert without.referral is None and without.growth is not None and without.growth.rate is None


def test_a_sample_of_orders_is_refused(made: Made) -> None:
    found = made(retailer(600), traits="no_staff: true, sample_of: orders")
    assert found.refused is Refused.SAMPLED and found.worth is None and found.growth is None


def test_without_an_outcome_there_is_no_point_to_value(made: Made, tmp_path: Path) -> None:
    found = made(retailer(300), metric="new_customers")
    assert found.undeclared and found.worth is None
    with duckdb.connect(str(tmp_path / "release.duckdb"), read_only=True) as file:
        assert file.execute("SELECT count(*) FROM number WHERE metric LIKE 'cohort_revenue%'").fetchone() == (0,)
        assert file.execute("SELECT count(*) FROM value_model").fetchone() == (0,)


def test_one_buyer_who_brings_most_of_the_money_is_not_told(made: Made, tmp_path: Path) -> None:
    """A buyer with half of all revenue: neither sums nor a model of these customers say what that one spends."""
    orders = retailer(600)
    whole = sum(a for _, _, a in orders)
    orders += [(3, START + timedelta(400 + i), whole // 10) for i in range(30)]
    found = made(orders)
    assert found.worth is None and found.growth is None and found.cohorts is not None
    with duckdb.connect(str(tmp_path / "release.duckdb"), read_only=True) as file:
        rows: list[Any] = file.execute("SELECT segment FROM value_model").fetchall()
        assert ("",) not in rows and ("firm",) not in rows


def test_three_sellers_are_not_told_through_their_customers(made: Made, tmp_path: Path) -> None:
    """Orders that name the salesperson: value follows the staff rule, and three people are too few."""
    three = [f"Trần Thị Bán {x}" for x in "ABC"]
    found = made(retailer(900), traits="no_staff: false", staff=three)
    assert found.worth is None and found.growth is None
    assert found.cohorts is None or all(s.state is not State.STANDS for r in found.cohorts.rows for s in r.shares)
    many = [f"Trần Thị Bán {x}" for x in "ABCDEFGHIJ"]
    assert made(retailer(900), traits="no_staff: false", staff=many).worth is not None


def test_what_returners_bring_is_not_one_sellers_work(made: Made) -> None:
    """A seller with half of the orders of those who came back, and a third of all: what they bring beyond the others
    was told, since enough sellers stood behind everybody together."""
    orders = retailer(900)
    days: dict[int, list[date]] = {}
    for c, day, _ in orders:
        days.setdefault(c, []).append(day)
    back = {c for c, d in days.items() if any(min(d) < day <= min(d) + timedelta(90) for day in d)}
    many = [f"Trần Thị Bán {x}" for x in "ABCDEFGHIJ"]
    turn = dict.fromkeys((True, False), 0)

    def seller(c: int) -> str:
        turn[c in back] += 1
        return many[0] if c in back and turn[True] % 2 else many[1 + turn[c in back] % 9]

    sold = [seller(c) for c, _, _ in orders]
    assert sold.count(many[0]) < 0.4 * len(sold), "the whole passes"
    hers, spread = (
        made(orders, traits="no_staff: false", staff=staff)
        for staff in (sold, [many[i % 10] for i in range(len(sold))])
    )
    assert hers.worth is not None and spread.worth is not None
    assert (spread.worth.over, hers.worth.over) == (12, 36), "as seen in a year; as the model of everybody has it"
