"""What the loyalty drivers page may say, and what it must not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from metrics.drivers import Drivers, Meaning, drivers, next_steps, today
from metrics.exports.csv import to_csv
from metrics.exports.table import of_drivers
from metrics.headlines import drivers as words
from metrics.loyalty.evidence import Kind
from metrics.release import FORMAT, Release, write
from metrics.strategy.model import Strategy
from metrics.words import Words
from pages.parts.driver_rows import effects_html, rows_html
from tests.invented import driver_row, model_row

EN, VI = Words("en"), Words("vi")
ITEMS = ("on_time", "first_time", "price", "easy", "stock", "friendly")

#: driver -> share, low, high, tier, effect, effect low, effect high
Result = Mapping[str, tuple[float, float, float, int, float, float, float]]
RETURN: Result = {
    "on_time": (36, 28, 44, 1, 6.3, 5.1, 7.5),
    "first_time": (27, 19, 35, 1, 5.0, 4.0, 6.2),
    "price": (14, 8, 20, 2, 2.7, 1.4, 4.0),
    "easy": (10, 5, 15, 2, 1.0, -0.3, 2.2),
    "stock": (9, 4, 14, 2, 0.4, -0.4, 1.2),
    "friendly": (4, 1, 8, 3, -0.3, -2.2, 1.6),
}
SCORE: Result = {
    "friendly": (30, 24, 36, 1, 0.40, 0.31, 0.49),
    "on_time": (24, 18, 30, 1, 0.30, 0.22, 0.38),
    "first_time": (20, 15, 25, 2, 0.25, 0.17, 0.33),
    "price": (12, 8, 16, 3, 0.15, 0.07, 0.23),
    "easy": (9, 6, 13, 3, 0.10, 0.02, 0.18),
    "stock": (5, 2, 8, 4, 0.04, -0.04, 0.12),
}


def release(
    path: Path,
    behaviour: Result | None = RETURN,
    stated: Result | None = SCORE,
    refused: str = "",
    leaking: str = "",
) -> Release:
    kpis = [
        {"id": "back", "name": "Back in 180 days", "metric": "repurchase", "of": {"days": 180}, "goal": "keep"},
        {"id": "rec", "name": "Would recommend", "metric": "nps", "of": {"question": "rec"}, "goal": "keep"},
        {"id": "price_fair", "name": "Price", "metric": "score_mean", "of": {"question": "price"}, "goal": "keep"},
        {
            "id": "kept",
            "name": "Promise kept",
            "metric": "on_time",
            "of": {"promise": "delivery"},
            "goal": "keep",
            "stage": "delivery",
            "owner": "Logistics",
            "targets": [{"by": "2026-12-31", "value": 92}],
            "reading": {"low": "Change the carrier.", "high": "Keep it.", "within_days": 14},
        },
    ]
    strategy = Strategy.model_validate(
        {
            "version": 1,
            "used_for": "strategy",
            "organisation": {"name": "Small"},
            "goals": [{"id": "keep", "name": "Keep", "statement": "Keep", "sponsor": "Board"}],
            "journey": [{"id": "delivery", "name": "Delivery", "customer_goal": "Get", "owner": "Logistics"}],
            "questions": [{"id": i, "text": i, "scale": [1, 10]} for i in (*ITEMS, "rec")],
            "kpis": [{"direction": "up", **k} for k in kpis],
            "loyalty": {
                "outcome": "back",
                "stated": "rec",
                "drivers": {
                    "items": [
                        {"question": i, "name": i.replace("_", " ").capitalize(), "stage": "delivery"} for i in ITEMS
                    ],
                    "outcomes": [{"kpi": "back"}, {"kpi": "rec"}],
                },
            },
        }
    )
    models = [("back", Kind.BEHAVIOUR, behaviour, 0.17, 0.15, 0.2), ("rec", Kind.STATED, stated, 0.52, 0.5, 0.56)]
    numbers: list[tuple[Any, ...]] = []
    for month in ("2025-10", "2025-11", "2025-12"):
        for metric, sums in (
            ("on_time(promise=delivery)", {"n": 1000.0, "kept": 800.0}),
            ("score_mean(question=price)", {"n": 100.0, "total": 660.0, "squares": 4600.0}),
        ):
            numbers += [(metric, "", 0, month, 0, m, v, True) for m, v in sums.items()]
    tables: dict[str, list[tuple[Any, ...]]] = {
        "meta": [("as_of", "2026-04-05"), ("draft", "false"), ("format", FORMAT)],
        "strategy": [(strategy.model_dump_json(),)],
        "number": numbers,
        "driver_model": [model_row(i, k, kind, *fit) for i, (k, kind, found, *fit) in enumerate(models) if found],
        "driver": [
            driver_row(i, d, r, d == leaking)
            for i, (_, _, found, *_) in enumerate(models)
            if found
            for d, r in found.items()
        ],
        "no_model": [("survey", k, "", "", "", "all", refused) for k, _, found, *_ in models if not found and refused],
    }
    write(path, tables)
    return Release(path)


def read(path: Path, **given: Any) -> Drivers:
    found = drivers(release(path / "r.duckdb", **given))
    assert found is not None
    return found


def meanings(found: Drivers) -> dict[str, Meaning]:
    return {d.cause.id: d.meaning for d in found.rows}


def changed(results: Result, name: str, *values: float) -> Result:
    return {**results, name: (*values[:3], int(values[3]), *values[4:])}  # type: ignore[dict-item]


def test_effects_decide_what_may_be_said(tmp_path: Path) -> None:
    assert meanings(read(tmp_path)) == {
        "on_time": Meaning.RETURN,
        "first_time": Meaning.RETURN,
        "price": Meaning.RETURN,
        "easy": Meaning.NONE,  # at most 2.2, less than the least certain effect (2.7)
        "stock": Meaning.NONE,
        "friendly": Meaning.SCORE_ONLY,
    }


def test_a_large_share_without_effect_does_not_go_with_return(tmp_path: Path) -> None:
    """A share is never negative, so it cannot say that nothing is there: LMG gave a zero-effect driver 3.9 %."""
    found = read(tmp_path, behaviour=changed(RETURN, "easy", 30, 20, 40, 1, 0.1, -1.0, 1.2))
    assert meanings(found)["easy"] is Meaning.NONE
    assert "Easy" not in words.headline(found, EN)


def test_a_weak_driver_is_not_called_hollow(tmp_path: Path) -> None:
    """Not significant is not absent: only a share in the score certainly above the share in return makes it hollow."""
    found = read(tmp_path, stated=changed(SCORE, "friendly", 12, 7, 17, 3, 0.2, 0.1, 0.3))
    assert meanings(found)["friendly"] is not Meaning.SCORE_ONLY and found.hollow is None
    assert "score" not in words.headline(found, EN)


def test_an_effect_that_may_be_large_is_not_sure_rather_than_none(tmp_path: Path) -> None:
    found = read(tmp_path, behaviour=changed(RETURN, "easy", 10, 5, 15, 2, 1.5, -0.3, 3.3))
    assert meanings(found)["easy"] is Meaning.UNSURE
    assert "Easy" in words.sure(found, EN)


def test_what_goes_with_leaving_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, behaviour=changed(RETURN, "stock", 9, 4, 14, 2, -2.0, -3.0, -1.0))
    assert meanings(found)["stock"] is Meaning.AGAINST
    assert "Stock: this goes with leaving" in words.evidence(found, EN)


def test_a_tie_is_told_as_a_tie(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert words.headline(found, EN) == (
        "On time and first time go with return most; friendly moves the score, not the return."
    )
    assert words.sure(found, EN).startswith("The first two cannot be told apart")
    assert [(n, len(rows)) for n, rows in found.tiers()] == [(1, 2), (2, 3), (3, 1)]
    assert rows_html(found, EN).count("a tie, order not certain") == 2


def test_one_leader_stands_alone(tmp_path: Path) -> None:
    found = read(tmp_path, behaviour=changed(RETURN, "first_time", 27, 19, 35, 2, 5.0, 4.0, 6.2))
    assert words.headline(found, EN).startswith("On time goes with return most;")
    assert words.shares_title(found, EN) == "On time: 36% of what we can explain of return; friendly: 4%"


def test_a_score_alone_is_never_called_return(tmp_path: Path) -> None:
    """The airline survey: what it drives is the score. No sentence may say that it brings anyone back."""
    found = read(tmp_path, behaviour=None, refused="no_signal")
    assert words.headline(found, EN) == "Friendly and on time go with the score most; return was not measured."
    assert set(meanings(found).values()) == {Meaning.SCORE, Meaning.UNSURE}
    assert found.hollow is None and next_steps(release(tmp_path / "s.duckdb", behaviour=None), found) == ()
    html = rows_html(found, EN)
    assert "Coming back" not in html and "Goes with return" not in html
    assert "of the score is explained by none" in words.cannot_tell(found, EN)


def test_nothing_certain_is_said_so(tmp_path: Path) -> None:
    vague = {k: (*r[:4], 0.5, -1.0, 2.0) for k, r in RETURN.items()}
    found = read(tmp_path, behaviour=vague, stated=None)
    assert words.headline(found, EN) == "We cannot tell yet what goes with return: every range includes nothing."
    assert words.effects_title(found, EN) == "No effect is certain: every range includes zero"


def test_a_driver_that_gives_the_outcome_away_is_no_winner(tmp_path: Path) -> None:
    """A score that was recorded after the customer left has the largest share of all."""
    found = read(tmp_path, behaviour=changed(RETURN, "stock", 90, 85, 95, 1, 30.0, 28.0, 32.0), leaking="stock")
    assert [d.cause.id for d in found.leaking] == ["stock"]
    assert found.rows[-1].cause.id == "stock" and meanings(found)["stock"] is Meaning.UNSURE
    assert words.headline(found, EN).startswith("On time and first time go with return most")


@pytest.mark.parametrize("w", [EN, VI])
@pytest.mark.parametrize("given", [{}, {"behaviour": None}, {"stated": None}])
def test_no_sentence_claims_a_cause(tmp_path: Path, given: dict[str, Any], w: Words) -> None:
    """Below a tested link the words are "goes with": a fit on observed answers has tested nothing."""
    opened = release(tmp_path / "r.duckdb", **given)
    found = drivers(opened)
    assert found is not None
    said = [
        words.headline(found, w),
        words.evidence(found, w),
        words.shares_title(found, w),
        words.effects_title(found, w),
        words.sure(found, w),
        words.said_and_done(found, w),
        words.cannot_tell(found, w),
        *(what for what, _ in words.decisions(next_steps(opened, found), opened.as_of, w.lang, w)),
        rows_html(found, w),
        effects_html(found, {}, w),
    ]
    claims = r"\b(drives?|causes?|lifts?|leads to|because of|dẫn đến|gây ra|nhờ vào|làm tăng)\b"
    assert [text for text in said if re.search(claims, text, re.I)] == []
    assert all(text for text in said)


def test_what_to_decide_is_what_was_agreed_and_then_a_test(tmp_path: Path) -> None:
    opened = release(tmp_path / "r.duckdb")
    found = drivers(opened)
    assert found is not None
    rows = words.decisions(next_steps(opened, found, most=1), opened.as_of, "en", EN)
    assert rows[0] == ("Change the carrier.", "Logistics · by 19 Apr 2026")
    assert rows[1] == ("Test it: change “On time” in one place first, keep another as it is.", "Logistics")


def test_two_drivers_of_one_stage_give_one_decision(tmp_path: Path) -> None:
    opened = release(tmp_path / "r.duckdb")
    found = drivers(opened)
    assert found is not None
    rows = words.decisions(next_steps(opened, found), opened.as_of, "en", EN)
    assert [what for what, _ in rows].count("Change the carrier.") == 1


def test_performance_stands_beside_importance(tmp_path: Path) -> None:
    opened = release(tmp_path / "r.duckdb")
    found = drivers(opened)
    assert found is not None
    assert words.today_lines(today(opened, found), EN) == {"price": "today 6.6 of 10"}


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        ("too_few", "Too few for a ranking, or not cleared."),
        ("not_cleared", "Too few for a ranking, or not cleared."),
        ("sampled", "Return cannot be told from these orders."),
        ("no_signal", "There is no outcome to hold these experiences against."),
    ],
)
def test_a_refused_model_is_a_calm_card(tmp_path: Path, reason: str, title: str) -> None:
    found = read(tmp_path, behaviour=None, stated=None, refused=reason)
    assert found.rows == () and words.refused(found, EN)[0] == title
    if reason in ("too_few", "not_cleared"):
        assert "6 experiences takes 200 customers" in words.refused(found, EN)[1]


def test_only_the_hollow_driver_is_lit_and_every_bar_says_its_interval(tmp_path: Path) -> None:
    found = read(tmp_path)
    html = rows_html(found, EN)
    lit = re.findall(r'class="drw hl"><div class="dn1">([^<]*)<', html)
    assert lit == ["Friendly"]
    bars = re.findall(r'role="img" aria-label="([^"]*)"', html)
    assert len(bars) == 12 and "come back: 36% (28–44)" in bars and "score: 30% (24–36)" in bars
    assert html.count("Moves the score only") == 1, "the word stands beside the colour"


def test_hollow_dots_are_the_uncertain_effects(tmp_path: Path) -> None:
    html = effects_html(read(tmp_path), {"price": "today 6.6 of 10"}, EN)
    assert len(re.findall(r'class="ed sure"', html)) == 3 and len(re.findall(r'class="ed open"', html)) == 3
    assert "+6.3" in html and "(5.1–7.5)" in html and "today 6.6 of 10" in html


def test_the_table_says_which_outcome_is_behaviour(tmp_path: Path) -> None:
    opened = release(tmp_path / "r.duckdb")
    text = to_csv(of_drivers(opened, ("back", "rec"), EN)).decode("utf-8-sig")
    lines = text.splitlines()
    assert len(lines) == 13
    assert lines[1].startswith("Back in 180 days,behaviour,2400,0.17,0.15,0.2,On time,36.0,28.0,44.0,1,6.3,5.1,7.5")
    assert lines[7].startswith("Would recommend,score,2400,0.52,0.5,0.56,Friendly,30.0") and "Published" in lines[7]
