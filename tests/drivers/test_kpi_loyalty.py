"""What a KPI's page says of its links and of loyalty."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from metrics.drivers import Horizons, carried, horizons
from metrics.headlines.kpi_loyalty import linked, loyalty, two_horizons
from metrics.loyalty.evidence import Base, Evidence, Kind, Label, Why
from metrics.loyalty.results import LabelRow, LinkRow, table_row
from metrics.release import FORMAT, Release, write
from metrics.strategy.model import Strategy
from metrics.words import Words
from tests.invented import driver_row, model_row

EN, VI = Words("en"), Words("vi")
BELIEVED = [{"kpi": "back", "reason": "believed", "review": "2027-01-01"}]
STRATEGY = Strategy.model_validate(
    {
        "version": 1,
        "used_for": "strategy",
        "organisation": {"name": "Small"},
        "goals": [{"id": "keep", "name": "Keep", "statement": "Keep", "sponsor": "Board"}],
        "journey": [{"id": "delivery", "name": "Delivery", "customer_goal": "Get", "owner": "Ops"}],
        "questions": [{"id": q, "text": q, "scale": [1, 10]} for q in ("price", "rec")],
        "kpis": [
            {"direction": "up", "goal": "keep", **k}
            for k in (
                {"id": "back", "name": "Return in 90 days", "metric": "repurchase", "of": {"days": 90}},
                {"id": "back_later", "name": "Return in 180 days", "metric": "repurchase", "of": {"days": 180}},
                {"id": "rec", "name": "Recommend", "metric": "nps", "of": {"question": "rec"}},
                {
                    "id": "price_fair",
                    "name": "Fair price",
                    "metric": "score_mean",
                    "of": {"question": "price"},
                    "drives": BELIEVED,
                },
                {
                    "id": "kept",
                    "name": "Kept",
                    "metric": "on_time",
                    "of": {"promise": "delivery"},
                    "drives": BELIEVED,
                },
                {"id": "again", "name": "Opened again", "metric": "reopened", "direction": "down", "drives": BELIEVED},
                {"id": "cost", "name": "Cost", "metric": "fcr"},
            )
        ],
        "loyalty": {
            "outcome": "back",
            "stated": "rec",
            "drivers": {
                "items": [{"question": "price", "name": "Price"}],
                "outcomes": [{"kpi": "back_later"}, {"kpi": "rec"}],
            },
        },
    }
)


def link(kpi: str, evidence: Evidence, why: Why, effect: float = 1.4) -> LinkRow:
    return LinkRow(
        *(kpi, "back", evidence, why, Base.CUSTOMERS, 2400, 0, None, effect, effect - 1, effect + 1),
        *(effect, effect, True, 1.0),
    )


def label(kpi: str, what: Label, why: Why, base: Base = Base.CUSTOMERS, effect: float = 2.7) -> LabelRow:
    return LabelRow(kpi, what, why, base, 2400, effect, effect - 1.3, effect + 1.3, 1.0, 2400, 0.5, 0.4, 0.6)


@pytest.fixture
def release(tmp_path: Path) -> Release:
    tables: dict[str, list[tuple[Any, ...]]] = {
        "meta": [("as_of", "2026-04-05"), ("draft", "false"), ("format", FORMAT)],
        "strategy": [(STRATEGY.model_dump_json(),)],
        "driver_model": [model_row(1, "back_later", Kind.BEHAVIOUR, 0.1, 0.08, 0.12)],
        "driver": [driver_row(1, "price", (100, 90, 100, 1, 2.7, 1.4, 4.0))],
        "link": [
            table_row(link("price_fair", Evidence.UNCLEAR, Why.ONE_OF_MANY)),
            table_row(link("kept", Evidence.OBSERVED, Why.EFFECT)),
            table_row(link("again", Evidence.OBSERVED, Why.EFFECT, -2.0)),
        ],
        "label": [
            table_row(label("price_fair", Label.RETURN, Why.EFFECT, Base.SURVEY)),
            table_row(label("kept", Label.RETURN, Why.EFFECT)),
            table_row(label("again", Label.RETURN, Why.EFFECT, effect=-2.0)),
            table_row(LabelRow("cost", Label.NONE, Why.NOT_MEASURED, Base.NONE, *(None,) * 9)),
            table_row(LabelRow("back", Label.OUTCOME, Why.IS_OUTCOME, Base.NONE, *(None,) * 9)),
        ],
    }
    write(tmp_path / "r.duckdb", tables)
    return Release(tmp_path / "r.duckdb")


def said(release: Release, kpi: str, w: Words = EN) -> tuple[str, str]:
    of = release.strategy.kpi(kpi)
    told = loyalty(carried(release, of), of, w)
    assert told is not None
    return told


def test_a_link_that_the_data_show_is_not_called_a_belief_without_data(release: Release) -> None:
    """The page said "no data say so yet" of every declared link, also of those the tree draws as observed."""
    kept = release.strategy.kpi("kept")
    found = carried(release, kept)
    assert linked(found, kept, STRATEGY, EN) == (
        "It goes with “Return in 90 days”, as the data show; no action has tested that yet."
    )
    words = {
        Evidence.UNCLEAR: "the data cannot say so",
        Evidence.CONTRADICTED: "the data say otherwise",
        Evidence.TESTED: "An action has shown",
        Evidence.ASSUMED: "no data say so yet",
    }
    for evidence, part in words.items():
        other = replace(found, links=(replace(found.links[0], evidence=evidence),))
        assert part in linked(other, kept, STRATEGY, EN)
    assert "no data say so yet" in linked(replace(found, links=()), kept, STRATEGY, EN)
    outcome = release.strategy.kpi("back")
    assert linked(carried(release, outcome), outcome, STRATEGY, EN) == ""


def test_two_horizons_are_said_to_be_two(release: Release) -> None:
    """The survey looks at 180 days, the declared link at 90: fair price goes with return, and its link is unclear.
    Without a word on the horizons a reader takes one of them for a mistake."""
    (only,) = horizons(release)
    assert only == Horizons(release.strategy.kpi("price_fair"), 180, 90, goes=True)
    told = two_horizons(only, EN)
    assert "“Fair price” goes with return within 180 days" in told and "90 days only" in told
    head, text = said(release, "price_fair")
    assert head == "Goes with return" and told in text and "return within 180 days (1.40–4.00)" in text
    assert "trong 180 ngày" in two_horizons(only, VI) and "90 ngày" in two_horizons(only, VI)
    assert "within 90 days, as its declared link says" in two_horizons(replace(only, goes=False), EN)


def test_the_same_answer_twice_needs_no_word(release: Release) -> None:
    assert carried(release, release.strategy.kpi("kept")).horizons is None


def test_the_label_has_its_reason_and_its_figures(release: Release) -> None:
    assert said(release, "kept") == (
        "Goes with return",
        "One point more goes with +2.70 points of return within 90 days (1.40–4.00); n\u00a0=\u00a0about 2,400 "
        "customers. The range excludes zero; halves and segments agree.",
    )
    assert said(release, "cost") == (
        "No evidence",
        "Not measured of single customers, and months are too few.",
    )
    assert said(release, "back") == ("Is the outcome", "It is the behaviour itself.")


def test_less_of_a_bad_thing_goes_with_more_return(release: Release) -> None:
    """Of a KPI that is better low the page tells the better way round: −2 for one more is +2 for one less."""
    head, text = said(release, "again")
    assert head == "Goes with return"
    assert text.startswith("One point less goes with +2.00 points of return within 90 days (0.70–3.30)")


def test_a_score_that_moves_alone_is_told_with_the_score(release: Release) -> None:
    kept = release.strategy.kpi("kept")
    found = carried(release, kept)
    row = label("kept", Label.SCORE_ONLY, Why.INCLUDES_ZERO, effect=0.2)
    told = loyalty(replace(found, label=row), kept, EN)
    assert told is not None and told[0] == "Moves the score only"
    assert "On the score it does count: +0.50 (0.40–0.60)." in told[1]
    assert "The range of its effect on return includes zero." in told[1]


@pytest.mark.parametrize("w", [EN, VI])
def test_no_sentence_claims_a_cause(release: Release, w: Words) -> None:
    claims = r"\b(drives?|causes?|lifts?|leads to|because of|dẫn đến|gây ra|nhờ vào|làm tăng)\b"
    for kpi in release.strategy.kpis:
        found = carried(release, kpi)
        told = loyalty(found, kpi, w)
        texts = [linked(found, kpi, STRATEGY, w), *(told or ())]
        assert [t for t in texts if re.search(claims, t, re.I)] == []
