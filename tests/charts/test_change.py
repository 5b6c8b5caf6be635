"""Differences and their parts, against printed examples."""

from __future__ import annotations

import pytest

from metrics.answers import Answer, Grain, Request, Row, Status
from metrics.change import change
from metrics.kpis import BY_ID
from metrics.kpis.intervals import wilson
from metrics.mix import Split, split

CSAT = BY_ID["csat"]


def share(part: int, n: int, dims: tuple[tuple[str, tuple[str, ...]], ...] = (), period: str = "2025-Q4") -> Row:
    sums = {"n": float(n), "satisfied": float(part)}
    found = wilson(sums, "satisfied")
    assert found is not None
    return Row(period, dims, 100 * part / n, *found, n, Status.FIRM, False, tuple(sorted(sums.items())))


#: Newcombe, Statistics in Medicine 17, 1998, table II, method 10.
NEWCOMBE = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0000),
]


@pytest.mark.parametrize(("a", "m", "b", "n", "low", "high"), NEWCOMBE)
def test_a_difference_of_shares_has_the_printed_interval(
    a: int, m: int, b: int, n: int, low: float, high: float
) -> None:
    found = change(share(b, n), share(a, m))
    assert found is not None and found.low is not None and found.high is not None
    assert found.value == pytest.approx(100 * (a / m - b / n))
    assert (found.low / 100, found.high / 100) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert found.sure == (low > 0 or high < 0)


def test_nothing_is_said_of_a_figure_that_does_not_stand() -> None:
    held = Row("2025-Q4", (), None, None, None, None, Status.WITHHELD, False)
    assert change(held, share(1, 2)) is None and change(share(1, 2), held) is None


def group(name: str, value: float, n: int, width: float = 1.0) -> Row:
    return Row("2025-Q4", (("channel", (name,)),), value, value - width, value + width, n, Status.FIRM, False)


def whole(rows: list[Row], width: float = 0.8) -> Row:
    n = sum(r.n or 0 for r in rows)
    value = sum((r.value or 0.0) * (r.n or 0) for r in rows) / n
    return Row("2025-Q4", (), value, value - width, value + width, n, Status.FIRM, False)


def answer(rows: list[Row]) -> Answer:
    request = Request("kpi", by=("channel",))
    return Answer("kpi", "goal", CSAT, CSAT.unit, request, "2026-04-05", Grain.BLOCK.value, False, 1.0, tuple(rows))


def told(old: list[Row], new: list[Row]) -> Split:
    found = split(answer(old), answer(new), whole(old), whole(new))
    assert found is not None
    return found


def test_mix_and_rate_equal_the_printed_example() -> None:
    """Das Gupta 1993, example 5.1: household headship in the United States, 1970 and 1985: 41.35 % of the change is
    the age structure (1.2269 of 2.9671 per 100)."""
    ages = [f"age_{i}" for i in range(13)]
    size70 = (12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9)
    size85 = (10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5)
    rate70 = (1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8)
    rate85 = (2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2)
    old = [group(a, r, round(s * 10)) for a, r, s in zip(ages, rate70, size70)]
    new = [group(a, r, round(s * 10)) for a, r, s in zip(ages, rate85, size85)]
    found = told(old, new)
    assert found.mix == pytest.approx(1.2269, abs=5e-4)
    assert 100 * found.mix / found.total == pytest.approx(41.35, abs=0.01)
    assert found.total == pytest.approx(found.moved.value)


def test_a_total_that_stands_still_does_not_hide_that_every_channel_falls() -> None:
    """The planted truth P6: Zalo 93 to 89, the others 81 to 77.4, while Zalo grows from 8 to 38 %."""
    old = [group("zalo", 93.0, 800), group("hotline", 81.0, 5000), group("store", 81.0, 4200)]
    new = [group("zalo", 89.0, 3800), group("hotline", 77.4, 3300), group("store", 77.4, 2900)]
    found = told(old, new)
    assert found.moved.value == pytest.approx(81.808 - 81.96)
    assert not found.moved.sure
    assert all(p.rate < 0 for p in found.parts)
    assert found.rate == pytest.approx(-(4.0 * 0.23 + 3.6 * 0.77))
    assert found.mix == pytest.approx(found.moved.value - found.rate)
    assert found.own.sure and found.own.value == pytest.approx(found.rate)
    assert max(found.parts, key=lambda p: p.grew).after.values("channel") == ("zalo",)


def test_parts_that_do_not_make_the_whole_are_not_told() -> None:
    old = [group("zalo", 93.0, 800), group("hotline", 81.0, 5000)]
    new = [group("zalo", 89.0, 800), group("hotline", 77.0, 5000)]
    missing = Row("2025-Q4", (), 80.0, 79.0, 81.0, 9000, Status.FIRM, False)
    assert split(answer(old), answer(new), whole(old), missing) is None
    pooled = [Row("2025-Q4", (("channel", ("zalo", "hotline")),), 85.0, 84.0, 86.0, 5800, Status.FIRM, True)]
    assert split(answer(old), answer(pooled), whole(old), whole(pooled)) is None
    held = [new[0], Row("2025-Q4", new[1].dims, None, None, None, None, Status.WITHHELD, False)]
    assert split(answer(old), answer(held), whole(old), whole(new)) is None


def test_a_cause_is_only_named_where_a_group_surely_moved_otherwise() -> None:
    """All groups fell by five: none of them is the reason, however large it is."""
    old = [group("zalo", 80.0, 900, 2.0), group("store", 82.0, 100, 2.0)]
    alike = told(old, [group("zalo", 75.0, 900, 2.0), group("store", 77.0, 100, 2.0)])
    assert alike.uneven == pytest.approx(abs(alike.mix)) == pytest.approx(0.0)
    one = told(old, [group("zalo", 80.0, 900, 2.0), group("store", 50.0, 100, 2.0)])
    assert one.uneven > 2 * abs(one.total) * 0.25
    assert one.parts[1].apart(one.own.value)
