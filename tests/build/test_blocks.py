"""Blocks: what is closed, and where rows without a date go."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from metrics.build.blocks import UNDATED, blocks, grain_of, number_of
from metrics.kpis import BY_ID

MONTHS = np.array([number_of(m) for m in ("2025-11", "2025-12", "2026-01", "2026-02")])


def made(months=MONTHS, grain="quarter", as_of=date(2026, 3, 5), closing_days=5, **more):
    return blocks(np.asarray(months), grain, as_of, closing_days, **more)


def test_a_quarter_is_closed_only_with_its_last_month():
    found = made()
    assert found.periods == ("2025-Q4",)
    assert found.of_cell.tolist() == [0, 0, -1, -1]
    assert found.open_months == (number_of("2026-01"), number_of("2026-02"))


@pytest.mark.parametrize(("as_of", "closed"), [(date(2026, 3, 4), False), (date(2026, 3, 5), True)])
def test_a_month_closes_after_the_closing_days(as_of, closed):
    assert (number_of("2026-02") in made(as_of=as_of).open_months) is closed
    assert ("2026-02" in made(grain="month", as_of=as_of).periods) is closed


def test_a_month_without_rows_does_not_keep_its_quarter_open():
    assert made([number_of("2026-01")], as_of=date(2026, 4, 5)).periods == ("2026-Q1",)
    assert made([number_of("2026-01")], as_of=date(2026, 4, 4)).periods == ()


def test_a_metric_says_itself_what_its_months_need():
    """Returned within 90 days of the end of November: 28 February, and five closing days."""
    repurchase = {"metric": BY_ID["repurchase"], "params": {"days": 90}}
    assert made(grain="month", as_of=date(2026, 3, 5), **repurchase).periods == ("2025-11",)
    assert made(grain="month", as_of=date(2026, 3, 4), **repurchase).periods == ()


def test_blocks_stand_in_order_of_time():
    months = [number_of(f"{y}-{m:02d}") for y in (2024, 2025) for m in range(1, 13)]
    assert made(months, grain="half").periods == ("2024-H1", "2024-H2", "2025-H1", "2025-H2")


def test_rows_without_any_date_are_one_wave():
    found = made([UNDATED])
    assert found.periods == ("all",)
    assert found.of_cell.tolist() == [0]
    assert not found.undated.any()


def test_rows_without_a_date_among_dated_ones_are_counted_and_left_out():
    found = made([UNDATED, *MONTHS])
    assert found.of_cell.tolist() == [-1, 0, 0, -1, -1]
    assert found.undated.tolist() == [True, False, False, False, False]


def test_a_wave_takes_all_closed_months_and_the_undated():
    found = made([UNDATED, *MONTHS, number_of("2026-03")], grain="wave")
    assert found.periods == ("all",)
    assert found.of_cell.tolist() == [0, 0, 0, 0, 0, -1]
    assert not found.undated.any()


def test_nothing_gives_nothing():
    found = made([])
    assert (found.periods, found.open_months) == ((), ())


def test_who_follows_the_grain_of_the_strategy():
    assert grain_of("contacts", {"contacts"}, "quarter") == "quarter"
    assert grain_of("orders", {"contacts"}, "quarter") == "month"
    assert grain_of("orders", {"orders"}, "half") == "half"
    assert grain_of("cohorts", set(), "quarter") == "quarter"
    assert grain_of("orders", set(), "wave") == "wave"
