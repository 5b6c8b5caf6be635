"""The cell rule, each side alone and at its boundary. Names say the lie or the leak that each case prevents."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.clearing.evidence import clear
from metrics.clearing.rule import UNKNOWN, Floors, tightened
from metrics.strategy.model import Disclosure
from tests.clearing.rows import NOBODY, from_rows, never_constant, same_result, spread

FLOORS = Floors()


def passes(rows, constant=never_constant, floors=FLOORS) -> bool:
    return bool(clear(from_rows(rows, 1), floors, constant)[0])


@pytest.mark.parametrize(
    ("counts", "passed"),
    [
        ([10, 10, 10, 10, 10], True),  # the fifth member of staff
        ([12, 12, 13, 13], False),  # four
        ([40, 15, 15, 15, 15], True),  # the busiest has exactly 40 %
        ([41, 15, 15, 15, 14], False),  # 41 %
        ([40, 35, 9, 8, 8], True),  # the two busiest have exactly 75 %
        ([40, 36, 8, 8, 8], False),  # 76 %
        ([2, 1, 1, 1, 0], False),  # four, on five rows
        ([2, 1, 1, 1, 1], True),  # a third of six rows
    ],
)
def test_a_mean_is_not_nearly_one_persons_own(counts, passed):
    assert passes(spread(0, counts, customers=10) + spread(0, [0] * 5) + _more_customers(counts)) is passed


def _more_customers(counts):
    """So few rows have too few customers; rows that nobody handled bring them, and do not touch the staff side."""
    return [(0, NOBODY, 100 + i) for i in range(20)] if sum(counts) < 20 else []


@pytest.mark.parametrize(("customers", "passed"), [(10, True), (9, False)])
def test_ten_customers_stand_behind_a_number(customers, passed):
    assert passes([(0, i % 6, i % customers) for i in range(90)]) is passed


@pytest.mark.parametrize(("largest", "passed"), [(50, True), (51, False)])
def test_no_number_is_half_one_customers(largest, passed):
    rows = [(0, i % 6, 0) for i in range(largest)]
    rows += [(0, i % 6, 1 + i % 12) for i in range(100 - largest)]
    assert passes(rows) is passed


def test_the_planted_customer_with_71_percent_is_caught():
    """128 contacts of 14 customers, 91 of one: ten customers and five staff, yet one customer's own number."""
    rows = [(0, i % 7, 0) for i in range(91)] + [(0, i % 7, 1 + i % 13) for i in range(37)]
    assert not passes(rows)


def test_self_service_rows_do_not_thin_out_a_persons_share():
    """Three people's 30 rows beside 1,000 of nobody: whoever knows the self-service rows would be left with three."""
    rows = spread(0, [10, 10, 10]) + [(0, NOBODY, i % 50) for i in range(1000)]
    assert not passes(rows)


def test_rows_that_nobody_handled_need_customers_only():
    assert passes([(0, NOBODY, i) for i in range(10)])
    assert not passes([(0, NOBODY, i) for i in range(9)])


def test_unknown_staff_are_nobody_of_the_five():
    assert not passes(spread(0, [10, 10, 10, 10]) + [(0, UNKNOWN, i) for i in range(10)])
    assert passes(spread(0, [10, 10, 10, 10, 10]) + [(0, UNKNOWN, i) for i in range(10)])


def test_unknown_staff_count_as_one_person_who_did_all_of_it():
    known = spread(0, [10, 10, 10, 10, 10, 10])
    assert passes(known + [(0, UNKNOWN, i % 20) for i in range(40)])  # 40 of 100
    assert not passes(known + [(0, UNKNOWN, i % 20) for i in range(41)])


def test_a_contact_of_several_staff_counts_for_each():
    """Every one of 60 contacts was also handled by the same second person: that person has 100 %."""
    assert not passes([(0, (i % 6, 6), i % 20) for i in range(60)])


def test_everybody_gave_the_same_result_tells_each_ones_own():
    rows = [(0, i % 6, i % 20, 1) for i in range(60)]
    assert not passes(rows, same_result)
    assert passes([*rows, (0, 0, 0, 0)], same_result)


def test_a_strategy_tightens_and_never_loosens():
    loose = Disclosure(min_staff=2, max_share=0.9, max_two=1.0, min_customers=1, max_customer_share=1.0)
    assert tightened(loose) == Floors()
    tight = Disclosure(min_staff=8, max_share=0.3, max_two=0.5, min_customers=25, max_customer_share=0.2)
    assert tightened(tight) == Floors(8, 0.3, 0.5, 25, 0.2)
    assert not passes(spread(0, [10] * 7), floors=tightened(tight))


def test_a_floor_moved_little_by_little_measures_nobody():
    shares = [0.24 + i / 1000 for i in range(10)]
    assert {tightened(Disclosure(max_share=share)).max_share for share in shares} == {0.20}
    assert tightened(Disclosure(max_share=0.35, max_two=0.6)) == Floors(max_share=0.35, max_two=0.6)


def test_floors_are_those_of_the_promise():
    assert Floors() == Floors(min_staff=5, max_share=0.40, max_two=0.75, min_customers=10, max_customer_share=0.50)


def test_dominance_in_money_counts_returns_by_their_size():
    rows = from_rows([(0, NOBODY, i) for i in range(20)], 1)
    money = np.where(rows.customer == 3, -500.0, 10.0)
    e = type(rows)(**{**rows.__dict__, "customer_weight": money})
    assert not clear(e, Floors(), never_constant)[0]
