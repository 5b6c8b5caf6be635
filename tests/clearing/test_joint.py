"""The joint test against brute force, and the combinations that thresholds let through."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.clearing.joint import MAX_INDEX, index, isolated, matrix, space, weak
from metrics.clearing.rule import UNKNOWN
from tests.clearing.worlds import groups_of, isolable_sets, largest_part, random_world
from tests.conftest import FULL


@pytest.mark.parametrize("seed", range(40 * FULL))
def test_the_search_finds_a_set_exactly_where_trying_all_sets_does(seed):
    w, g = random_world(seed, numbers=8 + seed % 12)
    found = isolated(space(matrix(w), g.rows), g, 5, 40)
    assert bool(found) == bool(isolable_sets(w, g))


@pytest.mark.parametrize("seed", range(40))
def test_what_is_found_rests_on_four_people(seed):
    w, g = random_world(seed, numbers=16)
    s = space(matrix(w), g.rows)
    for u in isolated(s, g, 5, 40):
        on = np.abs(u @ s.columns(np.arange(len(g.rows)))) > 1e-5
        people = {int(p) for c, p in zip(g.group, g.staff) if on[c] and p != UNKNOWN}
        assert len(people) <= 4


@pytest.mark.parametrize("seed", range(25))
def test_the_index_is_the_largest_part_that_rests_on_one_person(seed):
    w, g = random_world(seed)
    found = {}
    for person, value, _ in index(space(matrix(w), g.rows), g):
        found[person] = max(value, found.get(person, 0.0))
    for person in np.unique(g.staff).tolist():
        want = largest_part(w, g, person)
        assert found.get(person, 0.0) == pytest.approx(want if want > MAX_INDEX + 1e-9 else 0.0, abs=1e-9)


def test_a_cell_and_its_whole_give_the_rest_away():
    """Each number has ten staff; their difference is one person's three rows."""
    g = groups_of([dict.fromkeys(range(10), 5), {3: 3}])
    w = np.array([[1, 1], [1, 0]], bool)
    assert weak(matrix(w), g, 5)
    assert not weak(matrix(w[:1]), g, 5)


def test_a_combination_of_seven_numbers_is_found():
    """Margins of a 3 × 3 table and four inner cells: each has many staff, together they give the ninth cell."""
    cells = [dict.fromkeys(range(9 * i, 9 * i + 9), 4) for i in range(8)] + [{80: 7, 81: 7}]
    g = groups_of(cells)
    rows = [[c // 3 == r for c in range(9)] for r in range(3)]
    columns = [[c % 3 == k for c in range(9)] for k in range(2)]
    inner = [[c == k for c in range(9)] for k in (6, 7)]
    assert weak(matrix(np.array([*rows, *columns, *inner], bool)), g, 5)
    assert not weak(matrix(np.array([*rows, *columns], bool)), g, 5)


def test_unknown_staff_add_nobody_to_the_five():
    """Four known people and many unknown rows: the unknown may be the four."""
    g = groups_of([dict.fromkeys(range(12), 5), {20: 3, 21: 3, 22: 3, 23: 3, UNKNOWN: 4}])
    w = np.array([[1, 1], [1, 0]], bool)
    assert isolated(space(matrix(w), g.rows), g, 5, 10)
    five = groups_of([dict.fromkeys(range(12), 5), {20: 3, 21: 3, 22: 3, 23: 3, 24: 1, UNKNOWN: 4}])
    assert not isolated(space(matrix(w), five.rows), five, 5, 10)


def test_five_people_of_whom_one_did_nearly_all_are_dominated():
    g = groups_of([dict.fromkeys(range(12), 10), {20: 96, 21: 1, 22: 1, 23: 1, 24: 1}])
    w = np.array([[1, 1], [1, 0]], bool)
    assert not isolated(space(matrix(w), g.rows), g, 5, 10)
    (person, value, _), *_ = index(space(matrix(w), g.rows), g)
    assert person == 20 and value == pytest.approx(0.96, abs=0.01)


def test_a_search_that_gives_up_fails_closed(monkeypatch):
    """With no patience at all a safe world is called weak: never the other way round."""
    from metrics.clearing import isolation

    monkeypatch.setattr(isolation, "PATIENCE", 10**6)
    worlds = [random_world(seed, staff=30, groups=60, numbers=34) for seed in range(30)]
    spaces = [(space(matrix(w), g.rows), g) for w, g in worlds]
    safe = [(s, g) for s, g in spaces if not isolated(s, g, 5, 10)]
    monkeypatch.setattr(isolation, "PATIENCE", 0)
    assert any(isolated(s, g, 5, 10) for s, g in safe)
