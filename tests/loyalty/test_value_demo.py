"""The demo company's value, counted a second time with pandas from its files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pandas as pd
import pytest

from metrics.loyalty.drivers import round3
from metrics.loyalty.value.bgnbd import Customers
from metrics.loyalty.value.lifetime import History, Terms, without_contract
from metrics.loyalty.value.told import Figure, Method, Why
from metrics.release import Release
from metrics.value import Value, value
from metrics.value.cells import State
from tests.conftest import Demo

QUARTERS = [f"{y}-Q{q}" for y in (2024, 2025, 2026) for q in range(1, 5)][1:9]
TERMS = Terms(discount=12.0, years=3, days=90)


@pytest.fixture(scope="module")
def opened(demo: Demo) -> Iterator[Release]:
    with closing(Release(demo.release)) as release:
        yield release


@pytest.fixture(scope="module")
def found(opened: Release) -> Value:
    return value(opened)


@pytest.fixture(scope="module")
def orders(demo: Demo) -> pd.DataFrame:
    """Orders that stand, with the quarter and month of the customer's first order (nan: before the files)."""
    bought = pd.read_csv(demo.folder / "orders.csv", parse_dates=["ordered_at"])
    people = pd.read_csv(demo.folder / "customers.csv", parse_dates=["joined"]).set_index("customer_id")
    bought = bought[bought["status"] != "canceled"].copy()
    bought["day"] = bought["ordered_at"].dt.normalize()
    bought["month"] = bought["day"].dt.year * 12 + bought["day"].dt.month - 1
    bought["quarter"] = bought["month"] // 3
    new = people.index[people["joined"] >= "2024-04-01"]
    own = bought["customer_id"].isin(new)
    for name in ("day", "month", "quarter"):
        bought[f"first_{name}"] = bought[own].groupby("customer_id")[name].transform("min")
    bought["friend"] = bought["customer_id"].map(people["acquisition"]) == "friend"
    bought["segment"] = bought["customer_id"].map(people["segment"])
    return bought


def number(quarter: str) -> int:
    return int(quarter[:4]) * 4 + int(quarter[6]) - 1


def test_every_cell_of_the_cohort_table(found: Value, orders: pd.DataFrame) -> None:
    assert found.cohorts is not None
    new = orders.dropna(subset="first_month")
    active = new.groupby("customer_id").agg(quarter=("first_quarter", "first"), month=("first_month", "first"))
    ages = (new["month"] - new["first_month"]).groupby(new["customer_id"]).agg(set)
    last = 2026 * 12 + 2
    stood = 0
    for row in found.cohorts.rows:
        mine = active[active["quarter"] == number(row.period)]
        assert row.n == len(mine)
        for age, share in enumerate(row.shares, 1):
            if 3 * number(row.period) + 2 + age > last:
                assert share.state is State.NOT_YET and share.value is None
                continue
            hit = 100 * ages[mine.index].map(lambda s, a=age: a in s).mean()
            assert share.value == pytest.approx(hit, abs=1e-9) and share.n == len(mine)
            stood += 1
    assert [r.period for r in found.cohorts.rows] == QUARTERS and stood == 66


def test_who_has_come_back_by_when(found: Value, orders: pd.DataFrame) -> None:
    """The product-limit estimate over quarters, against the same reckoned customer by customer."""
    assert found.cohorts is not None
    new = orders.dropna(subset="first_day")
    later = new[new["day"] > new["first_day"]]
    gap = (later["day"] - later["first_day"]).dt.days.groupby(later["customer_id"]).min()
    people = new.drop_duplicates("customer_id").set_index("customer_id")
    gap = gap.reindex(people.index).fillna(np.inf)
    still, before = 1.0, 0
    for told in found.cohorts.returned:
        ends = pd.PeriodIndex(QUARTERS, freq="Q").end_time.normalize() + pd.Timedelta(days=told.days + 5)
        closed = [number(q) for q, end in zip(QUARTERS, ends) if end <= pd.Timestamp("2026-04-05")]
        mine = gap[people["first_quarter"].isin(closed)]
        still *= 1 - ((mine > before) & (mine <= told.days)).sum() / (mine > before).sum()
        before = told.days
        assert told.value == pytest.approx(100 * (1 - still), abs=1e-9) and told.low < told.value < told.high
    assert [r.days for r in found.cohorts.returned] == [30, 60, 90, 180, 365]


def test_earned_growth(found: Value, orders: pd.DataFrame) -> None:
    assert found.growth is not None and found.growth.earned is not None and found.growth.rate is not None
    g, year = found.growth, number("2025-Q2")
    known = orders.dropna(subset="customer_id")
    last = known[known["quarter"] < year]
    this = known[(known["quarter"] >= year) & (known["quarter"] <= number("2026-Q1"))]
    new = this["first_quarter"] >= year
    base = last["amount_vnd"].sum()
    assert g.base == base and g.quarters == tuple(QUARTERS)
    assert g.kept.value == pytest.approx(100 * this.loc[~new, "amount_vnd"].sum() / base, abs=1e-9)
    assert g.earned.value == pytest.approx(100 * this.loc[new & this["friend"], "amount_vnd"].sum() / base, abs=1e-9)
    assert g.bought.value == pytest.approx(100 * this.loc[new & ~this["friend"], "amount_vnd"].sum() / base, abs=1e-9)
    assert g.rate.value == pytest.approx(g.kept.value + g.earned.value - 100, abs=1e-9)
    for part in (g.kept, g.earned, g.rate):
        assert part.low is not None and part.high is not None and part.low < part.value < part.high


def test_customers_sent_by_others(found: Value, orders: pd.DataFrame) -> None:
    assert found.referral is not None
    new = orders.dropna(subset="first_quarter").drop_duplicates("customer_id")
    for period, share in found.referral.periods:
        mine = new[new["first_quarter"] == number(period)]
        assert share.value == pytest.approx(100 * mine["friend"].mean(), abs=1e-9)
    assert found.referral.year.n == (new["first_quarter"] >= number("2025-Q2")).sum()


def histories(orders: pd.DataFrame) -> History:
    """The same customers as the build reduces, from the files."""
    new = orders.dropna(subset="first_day")
    end = pd.Timestamp("2026-03-31")
    by_day = new.groupby(["customer_id", "day"])["amount_vnd"].sum().reset_index()
    start = by_day.groupby("customer_id")["day"].min()
    held = max(90, (end - start.min()).days // 4)
    cut = end - pd.Timedelta(days=held)

    def reduced(rows: pd.DataFrame, until: pd.Timestamp) -> tuple[np.ndarray, ...]:
        by = rows.groupby("customer_id")["day"].agg(["min", "max", "size"])
        days = ((by["max"] - by["min"]).dt.days, (until - by["min"]).dt.days)
        return (by["size"].to_numpy(float) - 1, *(d.to_numpy(float) for d in days))

    early = by_day[by_day["day"] <= cut]
    came = ((by_day["day"] > cut) & by_day["customer_id"].isin(early["customer_id"])).sum()
    money = by_day.groupby("customer_id")["amount_vnd"].sum().to_numpy(float)
    orders_, last, watched = reduced(by_day, end)
    return History(orders_, last, watched, money / (orders_ + 1), Customers(*reduced(early, cut)), held, float(came))


def test_what_a_customer_is_worth(found: Value, orders: pd.DataFrame, opened: Release) -> None:
    result = without_contract(histories(orders), TERMS)
    assert not isinstance(result, Why) and found.worth is not None and found.worth.worth is not None
    stored = opened.value_figures("")
    told = {f: e for f, e in result.figures.items() if f is not Figure.RETURNER}
    for figure, e in told.items():
        assert stored[figure.value] == pytest.approx((round3(e.value), round3(e.low), round3(e.high)), rel=2e-3), figure
    margin = opened.strategy.loyalty.value.margin
    assert margin is not None and found.worth.method is Method.BGNBD
    assert found.worth.worth.value == pytest.approx(stored[Figure.WORTH.value][0] * margin / 100)
    assert found.worth.new == 4700 and found.worth.point_year is not None and found.worth.returner is not None
    assert found.worth.point_year.value == pytest.approx(0.01 * found.worth.returner.value * 4700, rel=1e-12)


def test_what_returners_brought_beyond_others(found: Value, orders: pd.DataFrame, opened: Release) -> None:
    """Customers watched for a year: mean revenue of that year of those who came back within 90 days, less the others'.
    Later money counts less, by 12 % a year."""
    new = orders.dropna(subset="first_day")
    age = (new["day"] - new["first_day"]).dt.days
    gap = age[age > 0].groupby(new["customer_id"]).min()
    watched = new["first_day"] <= pd.Timestamp("2026-03-31") - pd.Timedelta(days=365)
    money = (new["amount_vnd"] * 1.12 ** (-age / 365.25))[watched & (age <= 365)].groupby(new["customer_id"]).sum()
    back = gap.reindex(money.index) <= 90
    told = opened.value_figures("")[Figure.RETURNER.value]
    assert told[0] == pytest.approx(money[back].mean() - money[~back].mean(), rel=2e-3)
    assert told[1] < told[0] < told[2] and opened.value_models[""][3] == 12
    assert found.worth is not None and found.worth.over == 12 and found.worth.months == 36


def test_the_model_and_what_cohorts_paid_agree(found: Value, orders: pd.DataFrame, opened: Release) -> None:
    """What cohorts have paid by each quarter of age, counted from the files, lies near the modelled curve."""
    assert found.worth is not None
    new, share = orders.dropna(subset="first_quarter"), opened.strategy.loyalty.value.margin
    assert share is not None
    starts = new.drop_duplicates("customer_id")["first_quarter"].value_counts()
    age, total = new["quarter"] - new["first_quarter"], 0.0
    for k, point in enumerate(found.worth.seen):
        cohorts = [number(q) for q in QUARTERS[: len(QUARTERS) - k]]
        money = new.loc[(age == k) & new["first_quarter"].isin(cohorts), "amount_vnd"].sum()
        total += money / starts[cohorts].sum() * 1.12 ** (-k / 4) * share / 100
        assert point.value == pytest.approx(total, rel=1e-12) and point.months == 3 * k + 1.5
        modelled = np.interp(point.months, [p.months for p in found.worth.curve], [p.value for p in found.worth.curve])
        assert point.value == pytest.approx(modelled, rel=0.08)
    assert len(found.worth.seen) == 7


def test_a_segment_the_model_misses_is_counted_not_foreseen(opened: Release) -> None:
    found = value(opened, "small_business")
    assert found.worth is not None and found.worth.method is Method.COHORTS and found.worth.why is Why.MISSED
    assert found.worth.months == 20 and found.worth.curve is found.worth.seen and found.worth.foreseen is None
    assert value(opened, "no_such_segment").pooled


def test_the_release_holds_results_only(opened: Release) -> None:
    """Three digits, nobody's id, and no value beside the interval of what is read from cells."""
    for segment in opened.value_models:
        rows = [*opened.value_figures(segment).values(), *opened.value_curve(segment)]
        figures = [x for row in rows for x in row if x is not None]
        assert figures and all(x == round3(x) for x in figures)
        told = opened.value_figures(segment)
        for figure in (Figure.KEPT, Figure.EARNED, Figure.GROWTH, Figure.SEEN):
            assert told[figure.value][0] is None
    assert set(opened.value_models) == {"", "household", "young", "small_business"}
