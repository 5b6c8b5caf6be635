"""Stable pools: a small team is joined for good, and in every family, also where it would pass."""

from __future__ import annotations

import numpy as np

from metrics.clearing.pools import Family, stable_pools
from metrics.clearing.rule import Floors
from tests.clearing.rows import NOBODY, from_rows, spread

STORE, HOTLINE, ZALO, WEBSITE, FACEBOOK = range(5)
FLOORS = Floors()


def family(rows_by_block_and_value):
    """Rows of {(block, value): rows} as one family; rows carry any cell number, it is set here."""
    keys = sorted(rows_by_block_and_value)
    rows = [(i, *row[1:]) for i, key in enumerate(keys) for row in rows_by_block_and_value[key]]
    found = np.array(keys, dtype=np.int64)
    return Family(from_rows(rows, len(keys)), found[:, 0], found[:, 1])


def contacts(facebook=3, blocks=4, facebook_only_in=range(4)):
    return family(
        {
            (b, v): spread(0, [20] * (facebook if v == FACEBOOK else 6), first_staff=10 * v)
            for b in range(blocks)
            for v in range(5)
            if v != FACEBOOK or b in facebook_only_in
        }
    )


def orders(blocks=4):
    return family({(b, v): [(0, NOBODY, i) for i in range(100)] for b in range(blocks) for v in range(5)})


def test_a_team_of_three_is_joined_with_its_partner_in_every_family():
    """Orders name no staff and would pass; shown there alone, Facebook's share of the pool could be told."""
    pools = stable_pools(5, {FACEBOOK: WEBSITE}, [contacts(), orders()], FLOORS)
    assert pools == ((STORE,), (HOTLINE,), (ZALO,), (WEBSITE, FACEBOOK))


def test_the_order_of_families_does_not_matter():
    assert stable_pools(5, {}, [orders(), contacts()], FLOORS) == stable_pools(5, {}, [contacts(), orders()], FLOORS)


def test_without_a_declared_partner_the_next_value_is_taken_and_for_the_last_the_one_before():
    small_first = family({(0, v): spread(0, [20] * (3 if v == 0 else 6), first_staff=10 * v) for v in range(3)})
    assert stable_pools(3, {}, [small_first], FLOORS) == ((0, 1), (2,))
    small_last = family({(0, v): spread(0, [20] * (3 if v == 2 else 6), first_staff=10 * v) for v in range(3)})
    assert stable_pools(3, {}, [small_last], FLOORS) == ((0,), (1, 2))


def test_a_value_loses_its_name_to_other_only_when_nothing_else_is_left():
    """Place 2 is "other". "Never delivered" belongs to "late", not to orders that had no promise."""
    never = family({(0, v): spread(0, [20] * (3 if v == 1 else 6), first_staff=10 * v) for v in range(3)})
    assert stable_pools(3, {}, [never], FLOORS) == ((0, 1), (2,))


def test_nothing_is_joined_where_all_pass():
    assert stable_pools(5, {FACEBOOK: WEBSITE}, [contacts(facebook=5), orders()], FLOORS) == tuple(
        (v,) for v in range(5)
    )


def test_a_value_joins_only_if_it_fails_in_most_of_the_blocks_where_it_has_rows():
    half = family(
        {
            (b, v): spread(0, [20] * (3 if v == FACEBOOK and b < 2 else 6), first_staff=10 * v)
            for b in range(4)
            for v in range(5)
        }
    )
    assert len(stable_pools(5, {}, [half], FLOORS)) == 5
    assert len(stable_pools(5, {}, [contacts(facebook_only_in=[2])], FLOORS)) == 4


def test_a_pool_that_still_fails_joins_the_next():
    """Two teams of two, and they share no one with each other: four. They need a third."""
    rows = {(0, v): spread(0, [20] * (2 if v < 2 else 6), first_staff=10 * v) for v in range(4)}
    assert stable_pools(4, {}, [family(rows)], FLOORS) == ((0, 1, 2), (3,))


def test_all_small_ends_in_one_pool():
    rows = {(0, v): spread(0, [20], first_staff=v) for v in range(3)}
    assert stable_pools(3, {}, [family(rows)], FLOORS) == ((0, 1, 2),)
