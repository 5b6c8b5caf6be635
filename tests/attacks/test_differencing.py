"""Differencing: nothing that is published can be added and subtracted until fewer than five people are left.

A plain threshold of five staff per cell, which several products ship, is held against the same companies: there the
same auditor finds people in every one, so that finding nobody in ours means something.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metrics.periods import months_of
from metrics.release import Release
from tests.attacks.captured import Said, released
from tests.attacks.conftest import Tell
from tests.attacks.differencing import (
    UNKNOWN,
    Found,
    audit,
    basis,
    blocks_of,
    disagreements,
    isolable,
    space,
    subtractions,
)
from tests.attacks.planted import threshold_of_five
from tests.attacks.worlds import SAME_THING, World
from tests.conftest import AUDIT

TODAY = pytest.mark.xfail(strict=False, reason="joint test")


@pytest.fixture(scope="module")
def numbers(release_file: Path) -> Iterator[list[Said]]:
    release = Release(release_file)
    yield released(release)
    release.close()


@pytest.fixture(scope="module")
def audited(company: World, numbers: list[Said]) -> Found:
    return audit(numbers, company.rows, company.universe, SAME_THING, calculator=AUDIT)


def test_the_auditor_looks_at_the_rows_that_were_published(company: World, numbers: list[Said], tell: Tell) -> None:
    assert len(numbers) > 20 and len(blocks_of(numbers)) >= 2
    assert company.finest <= 2000 and len(company.staff) <= 25
    assert disagreements(numbers, company.rows, company.universe, company.adds) == []
    tell(worlds=1, published_numbers=len(numbers))


@TODAY
def test_no_combination_is_about_fewer_than_five(company: World, audited: Found, tell: Tell) -> None:
    tell(isolating_combinations=len(audited.leaks))
    assert not audited.leaks, f"\n{audited}"


@TODAY
def test_nobody_carries_more_than_half_of_a_combination(company: World, audited: Found, tell: Tell) -> None:
    tell(combinations_that_one_person_dominates=len(audited.dominated))
    assert not audited.dominated, f"\n{audited}"


def test_a_plain_threshold_of_five_leaks(company: World, tmp_path: Path, tell: Tell) -> None:
    """And what the recipe gives is what those people did, to the last contact."""
    release = Release(threshold_of_five(company, tmp_path / "release.duckdb"))
    planted = released(release)
    release.close()
    assert disagreements(planted, company.rows, company.universe, company.adds) == []
    found = audit(planted, company.rows, company.universe, SAME_THING, calculator=False, most=1)
    alone = [leak for leak in found.leaks if len({said.metric for _, said in leak.terms}) == 1]
    tell(planted_worlds_that_leak=bool(found.leaks))
    assert found.leaks and alone, "a threshold of five was safe here: the auditor looks away"
    for leak in alone[:3]:
        metric = leak.terms[0][1].metric
        theirs = {*leak.staff, UNKNOWN}
        who = np.array([s is None or set(s) <= theirs for s in company.rows["who"]])
        for measure in leak.terms[0][1].sums:
            published = sum(a * said.sums[measure] for a, said in leak.terms)
            rows = _left(leak.terms, company)
            assert published == pytest.approx(float((rows * company.adds[metric, measure]).sum()), abs=1e-6)
            assert not (rows != 0)[~who].any(), "only theirs, and what nobody handled"


def _left(terms: tuple[tuple[float, Said], ...], company: World) -> np.ndarray:
    """How often each row of the company stands in a combination."""
    rows = company.rows
    total = np.zeros(len(rows))
    for a, said in terms:
        inside = rows["month"].isin(months_of(said.period)) & company.universe[said.metric]
        for dimension, values in said.dims:
            inside &= rows[dimension].isin(values)
        total += a * inside.to_numpy()
    return np.where(np.abs(total) < 1e-6, 0.0, total)


# ── The auditor itself: small cases worked out by hand ──


def hand(cells: dict[str, str], unknown: dict[str, int] | None = None, nobody: tuple[str, ...] = ()) -> pd.DataFrame:
    """Ten rows of each person of each channel: {"store": "ABCDE"}."""
    who = [(c, frozenset({p})) for c, people in cells.items() for p in people for _ in range(10)]
    who += [(c, frozenset({UNKNOWN})) for c, n in (unknown or {}).items() for _ in range(n)]
    who += [(c, None) for c in nobody for _ in range(10)]
    return pd.DataFrame({"month": "2025-01", "channel": [c for c, _ in who], "who": [s for _, s in who]})


def tried(rows: pd.DataFrame, *groups: str) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """(sets found by rank, sets found by subtraction) when these channels are published together, "" for all."""
    said = [Said("m", "2025-01", (("channel", tuple(g.split("+"))),) if g else (), {}) for g in groups]
    s = space("m", rows, said, {"m": np.ones(len(rows), bool)}, ("2025-01",))
    return [leak.staff for leak in isolable(s, basis(s))], [leak.staff for leak in subtractions(s)]


def test_a_difference_of_four_is_found_and_of_five_is_not() -> None:
    assert tried(hand({"store": "ABCDE", "mail": "FGHI"}), "", "store") == ([tuple("FGHI")], [tuple("FGHI")])
    assert tried(hand({"store": "ABCDE", "mail": "FGHIJ"}), "", "store") == ([], [])
    assert tried(hand({"store": "ABCDE", "mail": "FGHI"}), "") == ([], [])


def test_a_team_of_four_that_also_works_elsewhere_is_found() -> None:
    assert tried(hand({"store": "ABCDEFGHI", "mail": "FGHI"}), "", "store")[0] == [tuple("FGHI")]


def test_three_numbers_are_needed_here() -> None:
    rows = hand({"store": "ABCDE", "mail": "FG", "chat": "HIJKL"})
    for found in tried(rows, "store+mail", "chat+mail", "store+mail+chat"):
        assert ("F", "G") in found, "one and two less three"


def test_a_tracker_of_seven_terms_is_found_by_rank_alone() -> None:
    """Denning's tracker: a chain in which each number hides behind the next, of groups that all pass the cell rule."""
    groups = {f"g{i}": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"[5 * i : 5 * i + 5] for i in range(6)}
    rows = hand({"team": "1234"} | groups)
    chain = ["team+g0", *(f"{a}+{b}" for a, b in pairwise(groups)), "g5"]
    said = [Said("m", "2025-01", (("channel", tuple(g.split("+"))),), {}) for g in chain]
    s = space("m", rows, said, {"m": np.ones(len(rows), bool)}, ("2025-01",))
    (leak,) = isolable(s, basis(s))
    assert leak.staff == tuple("1234") and [round(a) for a, _ in leak.terms] == [1, -1, 1, -1, 1, -1, 1]
    assert subtractions(s) == []
    for one in range(len(chain)):
        assert tried(rows, *chain[:one], *chain[one + 1 :]) == ([], []), "each of the seven is needed"


def test_unknown_staff_add_nothing_to_the_five() -> None:
    four = hand({"store": "ABCDE", "mail": "FGHI"}, unknown={"mail": 30})
    assert tried(four, "", "store")[0] == [tuple("FGHI")]
    nobody_known = hand({"store": "ABCDE"}, unknown={"mail": 30})
    assert tried(nobody_known, "", "store")[0] == [()]


def test_what_nobody_handled_hides_nobody() -> None:
    mixed = hand({"store": "ABCDE", "mail": "FGHI"}, nobody=("mail",))
    assert tried(mixed, "", "store")[0] == [tuple("FGHI")]
    alone = hand({"store": "ABCDE"}, nobody=("website",))
    assert tried(alone, "", "store", "website") == ([], []), "self-service by itself is nobody's"
