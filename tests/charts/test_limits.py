"""Control limits against a printed example, and where a line must not run through."""

from __future__ import annotations

from datetime import date

import pytest

from metrics.answers import Row, Status
from metrics.charts.limits import fields, limits, limits_of, stretches
from metrics.strategy.model import Event, Local

#: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, flow rates of ten batches.
NIST = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)


def months(values: list[float | None], first: int = 1, dims: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> list[Row]:
    def row(i: int, value: float | None) -> Row:
        at = first - 1 + i
        period = f"{2024 + at // 12}-{at % 12 + 1:02d}"
        low, high = (None, None) if value is None else (value - 1, value + 1)
        status = Status.WITHHELD if value is None else Status.FIRM
        return Row(period, dims, value, low, high, None if value is None else 100, status, False)

    return [row(i, v) for i, v in enumerate(values)]


def event(day: str, redefines: bool = False, repeats: bool = False) -> Event:
    return Event(date=date.fromisoformat(day), name=Local(en="E", vi="E"), redefines=redefines, repeats=repeats)


def test_limits_equal_the_printed_example() -> None:
    found = limits(NIST)
    assert found is not None
    assert found.centre == pytest.approx(50.81)
    assert found.high == pytest.approx(55.8041, abs=0.002)
    assert found.low == pytest.approx(45.8159, abs=0.002)
    assert not any(found.outside(v) for v in NIST)
    assert found.outside(56) and found.outside(45)


def test_five_figures_have_no_limits() -> None:
    assert limits(NIST[:5]) is None
    assert limits(NIST[:6]) is not None


def test_a_redefinition_cuts_the_line_so_that_two_measurements_are_not_one_trend() -> None:
    rows = months([10.0] * 6 + [20.0] * 6)
    cut = stretches(rows, [event("2024-07-01", redefines=True)])
    assert [len(s) for s in cut] == [6, 6]
    assert cut[1][0].period == "2024-07"
    assert limits_of(cut[0]) != limits_of(cut[1])
    assert len(stretches(rows, [event("2024-07-01")])) == 1


def test_the_month_of_a_redefinition_belongs_to_the_new_measurement() -> None:
    cut = stretches(months([1.0] * 4), [event("2024-03-20", redefines=True)])
    assert [r.period for r in cut[1]] == ["2024-03", "2024-04"]


def test_another_pool_is_another_line() -> None:
    alone = (("channel", ("zalo",)),)
    pooled = (("channel", ("zalo", "facebook")),)
    rows = [*months([1.0] * 3, dims=alone), *months([1.0] * 3, first=4, dims=pooled)]
    assert [len(s) for s in stretches(rows, [])] == [3, 3]


def test_a_withheld_month_does_not_cut_a_line_of_the_same_cell() -> None:
    rows = months([1.0, 2.0, None, 2.0, 1.0], dims=(("channel", ("zalo",)),))
    assert len(stretches(rows, [])) == 1


def test_limits_start_anew_after_a_declared_step_only() -> None:
    wobble = [0.0, 0.4, -0.3, 0.2, -0.4, 0.1, 0.3, -0.2]
    rows = months([91 + x for x in wobble] + [88 + x for x in wobble])
    step = event("2024-09-01")
    found = fields(rows, [step])
    assert [len(f.rows) for f in found] == [8, 8]
    assert found[0].step is None and found[1].step is step
    assert found[1].limits.centre == pytest.approx(88 + sum(wobble) / 8)
    assert len(fields(rows, [])) == 1, "figures alone never make a step"
    assert len(fields(rows, [event("2024-09-01", repeats=True)])) == 1, "what comes every year is no step"
    flat = months([91 + x for x in wobble * 2])
    assert len(fields(flat, [step])) == 1, "an event without a step leaves the limits"
