"""Splitting a path: cells are disjoint, add up to their parent, and each passes the rule by itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.clearing.evidence import clear, grouped, union
from metrics.clearing.rule import Floors
from metrics.clearing.split import split_children, split_path
from tests.clearing.rows import NOBODY, from_rows, never_constant, same_result, spread
from tests.conftest import FULL

FLOORS = Floors()


def test_failing_children_are_pooled_and_the_rest_stand_alone():
    rows = [*spread(0, [10] * 6), *spread(1, [10] * 3), *spread(2, [10] * 6), *spread(3, [10] * 3, first_staff=20)]
    assert split_children(from_rows(rows, 4), range(4), FLOORS, never_constant) == [[0], [1, 3], [2]]


def test_a_failing_pool_takes_its_neighbour_in_declared_order_not_the_smallest():
    """Child 3 is the smallest that stands. Were it the partner, the partner would change with the counts."""
    rows = [*spread(0, [30] * 6), *spread(1, [10] * 2), *spread(2, [30] * 6), *spread(3, [10] * 6)]
    assert split_children(from_rows(rows, 4), range(4), FLOORS, never_constant) == [[0], [1, 2], [3]]
    last = [*spread(0, [10] * 6), *spread(1, [30] * 6), *spread(2, [10] * 2)]
    assert split_children(from_rows(last, 3), range(3), FLOORS, never_constant) == [[0], [1, 2]]


def test_a_node_that_cannot_be_split_stays_whole():
    rows = [*spread(0, [10] * 6), *spread(1, [5] * 2)]
    assert split_children(from_rows(rows, 2), range(2), FLOORS, never_constant) == []


def test_months_that_fail_are_not_told_by_what_is_left_of_the_quarter():
    """Had months 0 and 1 been shown beside the quarter, the difference would be month 2, with three people."""
    rows = [*spread(0, [10] * 6), *spread(1, [10] * 6), *spread(2, [10] * 3, first_staff=10)]
    groups = split_children(from_rows(rows, 3), range(3), FLOORS, never_constant)
    assert [2] not in groups
    assert groups == [[0], [1, 2]]


def test_a_result_that_is_the_same_for_all_is_merged():
    rows = [(0, i % 6, i % 20, 1) for i in range(60)]
    rows += [(1, i % 6, i % 20, i % 2) for i in range(60)]
    rows += [(2, i % 6, i % 20, i % 2) for i in range(60)]
    assert split_children(from_rows(rows, 3), range(3), FLOORS, same_result) == [[0, 1], [2]]


def path(rows, sizes):
    """rows (block, value per dimension ..., staff, customer) -> what split_path needs, and the finest rows."""
    keys = sorted({row[: 1 + len(sizes)] for row in rows})
    at = {key: i for i, key in enumerate(keys)}
    e = from_rows([(at[row[: 1 + len(sizes)]], *row[1 + len(sizes) :]) for row in rows], len(keys))
    columns = np.array(keys, dtype=np.int64).reshape(len(keys), 1 + len(sizes))
    return e, columns[:, 0], [columns[:, 1 + d] for d in range(len(sizes))]


def test_a_node_left_whole_is_one_cell_below_with_all_values():
    rows = [(0, 0, c, *r[1:]) for c in range(2) for r in spread(0, [20] * 6, first_staff=10 * c)]
    rows += [(0, 1, c, *r[1:]) for c in range(2) for r in spread(0, [20] * 3, first_staff=20 + 10 * c)]
    e, block, values = path(rows, (2, 2))
    first, second = split_path(e, block, values, (2, 2), [0], FLOORS, never_constant)
    assert [c.path for c in first] == [((0,),), ((1,),)]
    assert [c.path for c in second] == [((0,), (0,)), ((0,), (1,)), ((1,), (0, 1))]


def test_nothing_below_an_uncleared_total():
    rows = [(b, 0, *r[1:]) for b in range(2) for r in spread(0, [20] * 6)]
    rows += [(b, 1, *r[1:]) for b in range(2) for r in spread(0, [20] * 6)]
    e, block, values = path(rows, (2,))
    (level,) = split_path(e, block, values, (2,), [1], FLOORS, never_constant)
    assert {c.block for c in level} == {1}


ROWS = st.lists(
    st.tuples(
        st.integers(0, 1),  # block
        st.integers(0, 2),
        st.integers(0, 3),
        st.one_of(st.just(NOBODY), st.integers(-1, 11)),
        st.integers(0, 30),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=400,
)


@settings(max_examples=150 * FULL, deadline=None)
@given(ROWS)
def test_cells_of_a_path_are_disjoint_add_up_to_their_parent_and_each_passes(rows):
    sizes = (3, 4)
    e, block, values = path(rows, sizes)
    totals = grouped(e, block, 2)
    roots = [int(b) for b in np.flatnonzero(clear(totals, FLOORS, same_result))]
    levels = split_path(e, block, values, sizes, roots, FLOORS, same_result)
    for depth, level in enumerate(levels, start=1):
        for b in roots:
            cells = [c for c in level if c.block == b]
            covered: list[int] = []
            for cell in cells:
                inside = [
                    i
                    for i in range(e.cells)
                    if block[i] == b and all(values[d][i] in cell.path[d] for d in range(depth))
                ]
                covered += inside
                one = union(e, inside)
                assert clear(one, FLOORS, same_result)[0]
                np.testing.assert_array_equal(one.sums[0], cell.sums)
            assert sorted(covered) == [i for i in range(e.cells) if block[i] == b]
        assert all(c.block in roots for c in level)
    for cell in levels[1]:
        parents = [p for p in levels[0] if p.block == cell.block and p.path == cell.path[:1]]
        assert len(parents) == 1
