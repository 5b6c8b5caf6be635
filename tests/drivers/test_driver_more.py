"""The parts of the drivers page beside the shares: what they may say, and the false sentences they must not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from metrics.answers import Row, Status
from metrics.charts import importance
from metrics.charts.tokens import LIGHT
from metrics.drivers import (
    Cause,
    Choice,
    Compared,
    Driver,
    Drivers,
    Estimate,
    Estimated,
    Interval,
    Meaning,
    Model,
    Point,
    Step,
    WhatIf,
    first_choice,
    marks,
)
from metrics.drivers.meaning import _either
from metrics.drivers.quantity import Effect
from metrics.drivers.whatif import Money
from metrics.headlines import befell, driver_more, kpi_labels, what_if
from metrics.kpis.metric import Unit
from metrics.loyalty.evidence import Base, Evidence, Kind, Label, Method, Shape, What, Why
from metrics.loyalty.results import LabelRow
from metrics.strategy.model import KPI, Local
from metrics.strategy.workforce import is_workforce
from metrics.words import Words
from pages.parts.driver_more import compared_html, ends_html
from pages.parts.driver_rows import effects_html, rows_html

EN, VI = Words("en"), Words("vi")
CLAIMS = r"\b(drives?|causes?|lifts?|leads to|because of|brings?(?! it about)|dẫn đến|gây ra|nhờ vào|làm tăng|kéo)\b"


def estimate(effect: float, low: float, high: float, **more: Any) -> Estimate:
    told = Estimate(
        *(20.0, 10.0, 30.0, 1, 1, 3, effect, low, high, 1.4, 0, None, None, None, True, False, Shape.LINEAR),
        Interval(-8.0, -12.0, -4.0),
        Interval(8.0, 4.0, 12.0),
    )
    return replace(told, **more)


def cause(name: str, what: What = What.QUESTION) -> Cause:
    return Cause(what, name.lower(), "", Local(en=name, vi=name), None)


def kpi(id: str, metric: str = "repurchase", **more: Any) -> KPI:
    return KPI(id=id.lower().replace(" ", "_"), name=Local(en=id, vi=id), metric=metric, direction="up", **more)


def model(**more: Any) -> Model:
    told = Model(
        *(1, kpi("Back", of={"days": 90}), Unit.PERCENT, Base.CUSTOMERS, Kind.BEHAVIOUR, None, None, None),
        *(2400, 2400, 0.02, 0.01, 0.03, 0.0, Method.BOOTSTRAP, 0.9, 12, None, 90),
    )
    return replace(told, **more)


def driver(name: str, e: Estimate, meaning: Meaning = Meaning.RETURN, what: What = What.QUESTION) -> Driver:
    return Driver(cause(name, what), e, None, meaning)


def found(*rows: Driver) -> Drivers:
    return Drivers(model(), None, rows, (), 200, len(rows))


def point(name: str, e: Estimate, value: float, low: float, high: float, top: int = 10) -> Point:
    row = Row("2026-Q1", (), value, low, high, 500, Status.FIRM, False)
    return Point(Estimated(cause(name), e), row, Unit.SCORE, top)


SURE, VAGUE = estimate(3, 2, 4), estimate(1, -1, 3)


def test_very_good_is_not_called_empty_where_it_counts() -> None:
    """A must-have counts more when poor; its upper end can still lie certainly above the middle."""
    both = estimate(3, 2, 4, shape=Shape.MUST_HAVE)
    empty = estimate(3, 2, 4, shape=Shape.MUST_HAVE, reward=Interval(1.0, -2.0, 4.0))
    assert driver_more.shape_line(both, EN) == "A point counts more at the poor end."
    assert "no more for certain" in driver_more.shape_line(empty, EN)
    poor = estimate(3, 2, 4, shape=Shape.DELIGHTER)
    assert "no less" not in driver_more.shape_line(poor, EN)


def test_an_unclear_shape_is_in_no_title() -> None:
    unclear = driver("Web", estimate(1, -1, 3, shape=Shape.UNCLEAR))
    assert driver_more.ends_title([unclear], EN) == "No end of a scale tells a shape for certain"
    leaking = driver("Survey", estimate(9, 8, 10, shape=Shape.MUST_HAVE, leak=True))
    assert "Survey" not in driver_more.ends_title([leaking, driver("Price", SURE)], EN)


def test_every_end_says_its_interval_and_a_rare_one_says_so() -> None:
    html = ends_html([driver("Price", estimate(3, 2, 4, reward=None))], model(), EN)
    assert "−8.0 (−12.0 to −4.0)" in html and "too rare" in html and html.count('class="ed sq') == 0


def test_what_is_done_no_worse_for_certain_is_not_work_to_do_first() -> None:
    """Below the middle by a hair: the interval reaches over it."""
    near = (point("Price", SURE, 6.9, 6.5, 7.3), point("Friendly", VAGUE, 7.3, 7.1, 7.5))
    assert importance.finding(near, EN) == "What has weight here is not done below average for certain"
    far = (point("Price", SURE, 6.0, 5.8, 6.2), point("Friendly", VAGUE, 8.0, 7.9, 8.1))
    assert "work first on “Price”" in importance.finding(far, EN)


def test_what_may_not_matter_is_never_work_to_do_first() -> None:
    weak = (point("Price", VAGUE, 5.0, 4.9, 5.1), point("Friendly", VAGUE, 8.0, 7.9, 8.1))
    assert importance.finding(weak, EN) == "Nothing on the map has weight for certain: every range includes zero"
    leak = (point("Price", estimate(3, 2, 4, leak=True), 5.0, 4.9, 5.1), point("Friendly", VAGUE, 8.0, 7.9, 8.1))
    assert "work first" not in importance.finding(leak, EN)


def test_what_is_below_average_is_not_called_worst() -> None:
    """Fair price stood below the middle of the map, and easy returns below fair price."""
    three = (
        point("Price", SURE, 6.6, 6.5, 6.7),
        point("Returns", VAGUE, 6.2, 6.1, 6.3),
        point("Friendly", VAGUE, 8.6, 8.5, 8.7),
    )
    said = importance.finding(three, EN)
    assert said == "Of what a KPI measures, work first on “Price”: of weight, and done below average"


def test_two_scales_are_not_drawn_on_one_axis() -> None:
    mixed = (point("A", SURE, 6, 5, 7), point("B", SURE, 7, 6, 8), point("C", SURE, 4, 3, 5, top=5))
    assert [p.driver.cause.id for p in importance.on_one_scale(mixed)] == ["a", "b"]
    assert (
        importance.finding(importance.on_one_scale(mixed[2:]), EN) == "Too few of them are measured by a KPI for a map"
    )


def test_the_map_draws_both_intervals_and_hollow_what_is_not_sure() -> None:
    points = (point("Price", SURE, 6.0, 5.8, 6.3), point("Web", VAGUE, 8.0, 7.9, 8.1))
    sure, open_ = importance.figure(points, model(), EN, LIGHT)["data"]
    assert sure["x"] == [6.0] and sure["y"] == [3]
    assert sure["error_y"]["array"] == [1] and sure["error_y"]["arrayminus"] == [1]
    assert sure["error_x"]["array"] == [pytest.approx(0.3)] and sure["error_x"]["arrayminus"] == [pytest.approx(0.2)]
    assert sure["marker"]["color"] == LIGHT.prim and open_["marker"]["color"] == LIGHT.card


def test_what_no_kpi_measures_is_named_and_not_drawn_at_zero() -> None:
    rows = found(driver("Price", SURE), driver("Stock", SURE))
    said = driver_more.map_missing(rows, [point("Price", SURE, 6, 5, 7)], EN)
    assert said == "Not on the map, since no KPI measures them: stock."


def test_a_sign_that_differs_carries_its_warning_in_words() -> None:
    names = {"young": "Young people", "firm": "Firms"}
    split = Compared(cause("Web"), (("young", estimate(5, 3, 7)), ("firm", estimate(-4, -6, -2))), True)
    assert driver_more.compared_title([split], names, EN) == (
        "“Web” goes with more among young people and with less among firms: one rule for all would be wrong"
    )
    assert "the sign differs" in compared_html([split], names, {"young": 554}, model(), EN)
    chance = Compared(cause("Web"), (("young", estimate(5, 3, 7)), ("firm", estimate(-1, -3, 1))), False)
    assert driver_more.compared_title([chance], names, EN).startswith("No driver goes with more")
    assert "the sign differs" not in compared_html([chance], names, {}, model(), EN)


def test_what_nobody_met_is_no_certain_zero() -> None:
    """Before the carrier changed nobody met the new one: the fit stores an effect of 0 from 0 to 0."""
    html = compared_html(
        [Compared(cause("Carrier"), (("h1", estimate(0, 0, 0)),), False)], {"h1": "H1"}, {}, model(), EN
    )
    assert "nobody met it" in html and "0.0" not in html


@pytest.mark.parametrize(("halves", "says"), [(0.9, "nearly the same"), (0.5, "in part only"), (0.1, "do not agree")])
def test_an_order_that_does_not_hold_is_not_praised(halves: float, says: str) -> None:
    turned = driver("Web", estimate(1, -1, 3, same_halves=False))
    said = driver_more.stability(model(halves=halves), found(turned), EN)
    assert says in said and "changes its sign between halves for “Web”" in said


def test_drivers_that_say_the_same_are_read_as_one() -> None:
    twin = estimate(3, 2, 4, vif=9.0, cluster=1, cluster_share=40.0, cluster_low=30.0, cluster_high=50.0)
    rows = found(driver("Price", twin), driver("Value", twin))
    said = driver_more.alike([(cause("Price"), cause("Value"))], rows, EN)
    assert said.startswith("“Price” and “Value” say nearly the same") and "Together: 40% (30–50)." in said
    assert "at most 1.4" in driver_more.alike([], found(driver("Price", SURE)), EN)


def test_a_leak_is_a_warning_beside_the_order() -> None:
    rows = found(driver("Survey", estimate(30, 28, 32, leak=True), Meaning.UNSURE), driver("Price", SURE))
    assert "this is a warning, not a finding" in driver_more.leaks(rows, EN)
    assert driver_more.leaks(found(driver("Price", SURE)), EN) == ""
    assert "Too close to the outcome" in rows_html(rows, EN)


def test_who_is_left_out_is_counted_and_a_few_stay_a_few() -> None:
    said = driver_more.who(model(), EN)
    assert "something was missing: about 12." in said and "90 days had not passed: 1–9." in said


def test_what_befell_customers_is_told_either_way() -> None:
    late = driver("Late", estimate(-15, -20, -11), Meaning.AGAINST, What.CONDITION)
    fast = driver("Closed", estimate(8, 4, 12), Meaning.RETURN, What.CONDITION)
    assert befell.headline(found(late, fast), EN) == ("“Late”: fewer customers come back. “Closed”: more do.")
    assert befell.effects_title(found(late, fast), EN) == "“Late” goes with −15.0 points of return"
    assert "most of it has other reasons" in befell.evidence(found(late), EN)


def test_what_controls_explain_is_not_credited_to_what_befell_customers() -> None:
    """R² counts the controls too: of 2.0 % the regions alone explained 0.5."""
    told = replace(found(driver("Late", SURE)), behaviour=model(r2_controls=0.005))
    assert "Together they explain 1.5% of return" in befell.evidence(told, EN)
    assert "Declared controls alone explain 0.5%" in driver_more.who(model(r2_controls=0.005), EN)


def test_an_action_is_not_told_as_something_that_befell_customers() -> None:
    carrier = driver("Carrier", estimate(8, 4, 12), Meaning.RETURN, What.ACTION)
    assert befell.headline(found(carrier), EN) == "Nothing that befell customers goes with return for certain."


def test_a_loss_that_may_be_large_is_not_called_no_evidence() -> None:
    assert _either(estimate(-3, -8, 2), 4.0) is Meaning.UNSURE
    assert _either(estimate(0, -1, 1), 4.0) is Meaning.NONE


def move(evidence: Evidence, change: tuple[float, float, float], reach: float | None = 0.5) -> WhatIf:
    effect = Effect(0.1, 0.05, 0.15, (0.1,))
    step = Step(kpi("On time", "on_time"), kpi("Back", of={"days": 90}), effect, evidence, 900, reach)
    now = Row("2026-Q1", (), 88.0, 87.0, 89.0, 500, Status.FIRM, False)
    chosen = Choice(step.kpi, Unit.PERCENT, now, 77.04, 95.96, (step,))
    nothing = change[1] <= 0 <= change[2]
    told = Interval(*change)
    money = None if nothing or reach is None else Money(told, Interval(*(v * 1e6 for v in change)), "VND")
    return WhatIf(chosen, 92.0, told, told if reach is not None else None, nothing, money)


def test_nothing_to_gain_is_said_so_whatever_the_share() -> None:
    flat = move(Evidence.OBSERVED, (0.4, -0.1, 0.9))
    assert what_if.title(flat, EN) == "“On time” at 92.0%: nothing to gain that could be promised"
    assert [name for name, *_ in what_if.steps(flat, EN)] == ["On time", "Back", "The whole company"]
    assert "holds zero, whatever its share" in what_if.trust(flat, EN)


@pytest.mark.parametrize("evidence", [Evidence.UNCLEAR, Evidence.ASSUMED, Evidence.CONTRADICTED])
def test_no_money_is_told_on_a_link_that_does_not_stand(evidence: Evidence) -> None:
    """The interval excludes zero, but among so many links one such is expected by chance."""
    found = move(evidence, (2.0, 1.0, 3.0))
    assert found.money is not None and not what_if.promised(found)
    assert "more customers" not in what_if.title(found, EN)
    assert not any("₫" in value for _, value, _ in what_if.steps(found, EN))
    assert "no money" in what_if.trust(found, EN)


def test_customers_and_money_are_told_with_their_range_and_evidence() -> None:
    found = move(Evidence.OBSERVED, (2.0, 1.0, 3.0))
    assert what_if.title(found, EN) == ("“On time” at 92.0% goes with 2.0 more customers a month coming back (1.0–3.0)")
    assert ("Revenue a month", "+₫2.00\u00a0million", "1.00–3.00") in what_if.steps(found, EN)
    assert "observed" in what_if.trust(found, EN) and "n\u00a0=\u00a0about 900" in what_if.trust(found, EN)


def test_a_fall_is_told_as_fewer() -> None:
    said = what_if.title(move(Evidence.OBSERVED, (-2.0, -3.0, -1.0)), EN)
    assert "2.0 fewer customers a month coming back (1.0–3.0)" in said


def test_unknown_reach_gives_no_figure_of_the_company() -> None:
    found = move(Evidence.OBSERVED, (2.0, 1.0, 3.0), reach=None)
    assert [name for name, *_ in what_if.steps(found, EN)] == ["On time", "Back"]
    assert "not known" in what_if.trust(found, EN)


def test_only_a_test_says_that_it_brings_customers_back() -> None:
    assert " brings " in what_if.title(move(Evidence.TESTED, (2.0, 1.0, 3.0)), EN)
    for evidence in (Evidence.IDENTITY, Evidence.OBSERVED, Evidence.UNCLEAR, Evidence.CONTRADICTED, Evidence.ASSUMED):
        assert " brings " not in what_if.title(move(evidence, (2.0, 1.0, 3.0)), EN)


def test_the_slider_stays_inside_what_was_reached() -> None:
    chosen = move(Evidence.OBSERVED, (2.0, 1.0, 3.0)).choice
    at = marks(chosen)
    assert (at.low, at.high, at.first) == (77.1, 95.9, 95.9) and chosen.low <= at.low <= at.high <= chosen.high
    narrow = marks(replace(chosen, low=6.423, high=6.8125))
    assert (narrow.low, narrow.high, narrow.step) == (6.43, 6.81, 0.01)


def test_the_best_evidence_is_offered_first() -> None:
    weak, strong = (move(e, (2.0, 1.0, 3.0)).choice for e in (Evidence.UNCLEAR, Evidence.OBSERVED))
    assert first_choice((weak, strong)) is strong and first_choice(()) is None


def label(label: Label, why: Why) -> LabelRow:
    return LabelRow("k", label, why, Base.CUSTOMERS, 900, 0.1, 0.05, 0.15, 1.0, None, None, None, None)


def test_a_kpi_drives_return_only_where_an_action_tested_it() -> None:
    assert kpi_labels.label_name(label(Label.RETURN, Why.TESTED), EN) == "Drives return"
    for why in set(Why) - {Why.TESTED}:
        assert kpi_labels.label_name(label(Label.RETURN, why), EN) == "Goes with return"
    assert kpi_labels.label_name(label(Label.SCORE_ONLY, Why.TESTED), EN) == "Moves the score only"


@pytest.mark.parametrize("w", [EN, VI])
def test_every_label_and_reason_has_words(w: Words) -> None:
    assert all(kpi_labels.why_text(why, w) for why in Why)
    assert len({kpi_labels.label_name(label(one, Why.EFFECT), w) for one in Label}) == len(Label)


@pytest.mark.parametrize("w", [EN, VI])
def test_no_sentence_here_claims_a_cause(w: Words) -> None:
    """Below a tested link the words are "goes with"."""
    rows = found(
        driver("Late", estimate(-15, -20, -11, shape=Shape.MUST_HAVE), Meaning.AGAINST, What.CONDITION),
        driver("Closed", estimate(8, 4, 12, shape=Shape.DELIGHTER), Meaning.RETURN, What.CONDITION),
    )
    points = (point("Price", SURE, 6.0, 5.8, 6.2), point("Web", VAGUE, 8.0, 7.9, 8.1))
    said = [
        *(f(rows, w) for f in (befell.headline, befell.evidence, befell.shares_title, befell.effects_title)),
        befell.shares_subtitle(rows, w),
        *(f(model(), w) for f in (befell.effects_subtitle, driver_more.ends_subtitle, driver_more.who)),
        driver_more.ends_title(rows.rows, w),
        driver_more.stability(model(), rows, w),
        importance.finding(points, w),
        importance.subtitle(points, model(), w),
        rows_html(rows, w),
        effects_html(rows, {}, w),
        ends_html(rows.rows, model(), w),
    ]
    for evidence in (Evidence.IDENTITY, Evidence.OBSERVED, Evidence.UNCLEAR, Evidence.CONTRADICTED):
        made = move(evidence, (2.0, 1.0, 3.0))
        said += [what_if.title(made, w), what_if.trust(made, w), *(" ".join(s) for s in what_if.steps(made, w))]
    assert [text for text in said if re.search(CLAIMS, text, re.I)] == []
    assert all(said)


def test_keys_of_the_address_ask_for_nobody() -> None:
    """ "to" is a team in Vietnamese (tổ): an address with that key was refused as asking for staff."""
    assert is_workforce("to")
    assert not [key for key in ("base", "by", "move", "level", "survey", "customers", "period") if is_workforce(key)]
