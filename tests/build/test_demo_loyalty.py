"""The planted truths of loyalty, found again in the demo company's release."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from metrics.answers import Grain, Request, ask
from metrics.drivers import Fitted, choice, drivers, fitted, what_if
from metrics.drivers.meaning import Meaning
from metrics.loyalty.evidence import Base, Evidence, Kind, Label, What, Why
from metrics.loyalty.tested import difference
from metrics.release import Release
from tests.conftest import Demo


@pytest.fixture(scope="module")
def release(demo: Demo) -> Iterator[Release]:
    found = Release(demo.release)
    yield found
    found.close()


@pytest.fixture(scope="module")
def truth(demo: Demo) -> dict[str, Any]:
    key = json.loads((demo.folder / "truth.json").read_text(encoding="utf-8"))
    return {t["id"]: t for t in key["truths"]}


def whole(release: Release, outcome: str, base: Base) -> Fitted:
    return next(f for f in fitted(release) if f.model.kpi.id == outcome and f.model.base is base and f.model.whole)


def test_p1_shares_of_both_outcomes(release: Release, truth: dict[str, Any]) -> None:
    for outcome in ("return_180", "rnps"):
        found = whole(release, outcome, Base.SURVEY)
        shares = {d.cause.id: d.estimate.share for d in found.drivers}
        for name, (expected, tolerance) in truth["P1"]["expected"].items():
            if name == f"r2_{outcome}":
                assert found.model.r2 - found.model.r2_controls == pytest.approx(expected, abs=tolerance)
            elif name.startswith(f"share_{outcome}_"):
                assert shares[name.removeprefix(f"share_{outcome}_")] == pytest.approx(expected, abs=tolerance), name


def test_p1_friendliness_moves_the_score_and_not_the_return(release: Release) -> None:
    found = drivers(release)
    assert found is not None and found.hollow is not None and found.hollow.cause.id == "r_friendly"
    assert [d.cause.id for d in found.rows[:3]] == ["r_on_time", "r_first_time", "r_price"]
    assert {d.cause.id for d in found.of(Meaning.RETURN)} >= {"r_on_time", "r_first_time", "r_price"}
    assert release.labels["friendly_staff"].label is Label.SCORE_ONLY
    assert release.labels["price_fair"].label is Label.RETURN


def test_a_planted_zero_effect_has_a_share_and_nothing_to_gain(release: Release) -> None:
    friendly = next(d for d in whole(release, "return_180", Base.SURVEY).drivers if d.cause.id == "r_friendly")
    assert friendly.estimate.share > 3 and friendly.estimate.low > 1
    at = choice(release, "friendly_staff")
    found = what_if(release, "friendly_staff", at.high)
    assert found.nothing and found.money is None


def test_p2_a_score_that_was_bought_by_asking_fewer_is_no_evidence_of_return(release: Release) -> None:
    """The score rose by 9 points and more, return fell by 5; among customers the score says nothing of return that
    would not be found by chance among so many KPIs."""

    def ends(kpi: str) -> tuple[float, float]:
        rows = {r.period: r.value for r in ask(release, Request(kpi, grain=Grain.QUARTER)).rows}
        return rows["2024-Q3"] or 0.0, rows["2025-Q4"] or 0.0

    score, back = ends("tnps"), ends("return_90")
    assert score[1] - score[0] >= 9 and back[0] - back[1] >= 5
    link = release.links["tnps", "return_90"]
    assert link.evidence is Evidence.UNCLEAR and link.n and link.data_to
    assert release.labels["tnps"].label is Label.NONE


def test_p8_a_fast_answer_to_a_complaint_keeps_the_customer(release: Release, truth: dict[str, Any]) -> None:
    """Against no complaint, delivery and installation alike: fast is better, slow no better, reopened much worse; and
    more complaints closed within a day go with return."""
    effects = {(d.cause.id, d.cause.value): d.estimate for d in whole(release, "return_90", Base.CUSTOMERS).drivers}
    fast, slow, reopened = (effects["complaint", v] for v in ("fast", "slow", "reopened"))
    assert fast.effect_low > 0 and reopened.effect_high < 0
    assert fast.effect > slow.effect > reopened.effect
    planted = {k: v for k, (v, _) in truth["P8"]["expected"].items()}
    gap = planted["return_90_fast"] - planted["return_90_reopened"]
    assert fast.effect - reopened.effect == pytest.approx(gap, abs=6)
    for kpi in ("complaints_24h", "reopened"):
        assert (release.labels[kpi].label, release.labels[kpi].why) == (Label.RETURN, Why.EFFECT)


def test_p3_a_late_installation_is_what_goes_with_leaving_most(release: Release) -> None:
    rows = whole(release, "return_90", Base.CUSTOMERS).drivers
    assert (rows[0].cause.id, rows[0].cause.value, rows[0].cause.what) == ("installation", "late", What.CONDITION)
    assert rows[0].estimate.effect_high < -8
    for kpi in ("installed_on_day", "on_time"):
        link = release.links[kpi, "return_90"]
        assert (link.evidence, link.base, link.segments_same) == (Evidence.OBSERVED, Base.CUSTOMERS, True)


def test_p10_a_redesign_that_changed_nothing_is_no_evidence(release: Release) -> None:
    label, link = release.labels["ces_checkout"], release.links["ces_checkout", "return_90"]
    assert label.label is Label.NONE and label.low is not None and label.high is not None
    assert label.low < 0 < label.high and link.evidence is Evidence.UNCLEAR
    action = next(a for a in release.strategy.actions if a.kpi == "ces_checkout")
    assert difference(release.strategy.kpi("ces_checkout"), action, {}) is None, "everywhere at once: no comparison"
    rows = [r for r in ask(release, Request("ces_checkout")).rows if r.value is not None]
    before = [r for r in rows if r.period < "2025-Q3"]
    after = [r for r in rows if r.period > "2025-Q3"]
    mean = [sum((r.value or 0) * (r.n or 0) for r in part) / sum(r.n or 0 for r in part) for part in (before, after)]
    assert abs(mean[1] - mean[0]) <= 0.08


def test_every_declared_cut_has_a_model_or_a_reason(release: Release) -> None:
    strategy = release.strategy
    segments = [v for v, _ in strategy.values("segment")]
    for outcome, base in (("return_180", Base.SURVEY), ("rnps", Base.SURVEY), ("return_90", Base.CUSTOMERS)):
        made = {
            (m.dimension, m.value) for m in release.models if (m.outcome, m.base, m.period) == (outcome, base, "all")
        }
        none = {
            (n.dimension, n.value) for n in release.no_models if (n.outcome, n.base, n.period) == (outcome, base, "all")
        }
        assert made | none >= {("", ""), *(("segment", v) for v in segments)}
        assert not made & none
        assert any(m.period != "all" for m in release.models if (m.outcome, m.base) == (outcome, base))


def test_every_model_has_enough_behind_it_and_every_figure_three_digits(release: Release) -> None:
    for m in release.models:
        rows = release.drivers[m.model]
        assert m.n >= max(10 * len(rows), 200) and m.customers >= 10
        assert float(f"{m.n:.3g}") == m.n and m.kind in Kind
        assert sum(r.share for r in rows) == pytest.approx(100, abs=1)
        for r in rows:
            for value in (r.share, r.low, r.high, r.effect, r.effect_low, r.effect_high, r.vif):
                assert value == float(f"{value:.3g}")
    for row in release.links.values():
        assert all(v is None or v == float(f"{v:.3g}") for v in (row.effect, row.low, row.high, row.reach))
    assert all(d == float(f"{d:.3g}") for found in release.draws.values() for d in found)


def test_every_kpi_has_a_label_and_every_link_its_evidence(release: Release) -> None:
    assert set(release.labels) == {k.id for k in release.strategy.kpis}
    assert set(release.links) == {(k.id, d.kpi) for k in release.strategy.kpis for d in k.drives}
    assert release.links["on_time_central", "on_time"].evidence is Evidence.IDENTITY
    observed = [r for r in release.links.values() if r.evidence is Evidence.OBSERVED]
    assert len(observed) >= 4 and all(r.n and r.data_to and r.lag_days is not None for r in observed)
    few = [r for r in release.links.values() if r.base is Base.MONTHS]
    assert few and all(r.evidence is Evidence.UNCLEAR and r.n < 36 for r in few if r.n)
