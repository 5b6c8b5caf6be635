"""What the value page says and draws, and the command: for what there is and for what is missing, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from metrics.__main__ import app
from metrics.charts import staying as staying_chart
from metrics.charts import worth as worth_chart
from metrics.charts.tokens import DARK, LIGHT
from metrics.exports import value_table
from metrics.exports.csv import to_csv
from metrics.headlines import staying
from metrics.headlines import value as words
from metrics.loyalty.value.told import Estimate, Method, Why
from metrics.release import Release
from metrics.value import Value, value
from metrics.value.cells import State
from metrics.words import Words
from pages.parts.cohort_table import table_html
from tests.conftest import Demo

LANGUAGES = [Words("en"), Words("vi")]


@pytest.fixture(scope="module")
def release(demo: Demo) -> Iterator[Release]:
    with closing(Release(demo.release)) as opened:
        yield opened


@pytest.fixture(scope="module")
def found(release: Release) -> Value:
    return value(release)


def test_the_headline_says_what_a_point_is_worth(found: Value, release: Release) -> None:
    assert found.worth is not None and found.worth.point_year is not None
    en, vi = (words.headline(found, release, w) for w in LANGUAGES)
    money = f"{found.worth.point_year.value / 1e6:.1f}"
    assert en == f"One point more of “Return within 90 days” is worth about ₫{money}\u00a0million a year here."
    assert f"{money.replace('.', ',')}\u00a0triệu\u00a0₫" in vi and "Mua lại trong 90 ngày" in vi


@pytest.mark.parametrize("w", LANGUAGES, ids=lambda w: w.lang)
def test_what_is_missing_is_said_kindly(found: Value, release: Release, w: Words) -> None:
    at = found.worth
    assert at is not None
    never = {"None", "nan"}
    for one in (
        replace(found, worth=None, growth=None),
        replace(found, worth=replace(at, five=None, returner=None)),
        replace(found, worth=replace(at, method=Method.SBG, returner=None)),
        replace(found, worth=replace(at, cost=None, payback=None, in_revenue=True)),
        replace(found, worth=replace(at, worth=None, five=None, curve=at.seen)),
    ):
        told = [words.headline(one, release, w), words.evidence(one, release, w)]
        told += [text for _, text in words.notes(one, release, w)]
        told += [what for what, _ in words.decisions(one, release, w)]
        if one.worth:
            told += [words.curve_title(one.worth, release, w), words.winning_title(one.worth, release, w)]
            told += [f"{a} {b}" for a, b in words.steps(one.worth, release, w)]
        assert all(told[:1]) and not never & set(" ".join(told).split())
    assert words.headline(replace(found, worth=None), release, w) != words.headline(found, release, w)
    for reason in Why:
        assert words.how(replace(at, method=Method.COHORTS, why=reason), release, w)
    assert words.refused(replace(found, undeclared=True), w) != words.refused(found, w)


def test_nothing_brings_return_about_below_a_test(found: Value, release: Release) -> None:
    """What goes with return need not bring it about: the page says that a point is the most it could be worth."""
    en = Words("en")
    told = " ".join([words.evidence(found, release, en), *(t for _, t in words.notes(found, release, en))])
    assert "cause" not in told and "read it as the most" in told


def test_winning_that_costs_more_than_it_brings_is_to_be_decided(found: Value, release: Release) -> None:
    assert found.worth is not None
    dear = replace(found, worth=replace(found.worth, cost=9e6))
    texts = [what for what, _ in words.decisions(dear, release, Words("en"))]
    assert "Winning costs more than a customer brings: stop what costs most." in texts
    assert words.winning_title(replace(found.worth, cost=9e6), release, Words("en")).endswith("costs")


def test_earned_growth_is_called_by_its_interval(found: Value) -> None:
    g, en = found.growth, Words("en")
    assert g is not None and g.rate is not None
    assert "would shrink" in words.growth_title(g, en)
    assert "by themselves" in words.growth_title(replace(g, rate=replace(g.rate, value=4.0, low=1.0, high=7.0)), en)
    assert "not certain" in words.growth_title(replace(g, rate=replace(g.rate, value=4.0, low=-1.0, high=7.0)), en)
    assert "again" in words.growth_title(replace(g, rate=None, earned=None), en)


def test_overlapping_cohorts_are_not_called_different(found: Value) -> None:
    assert found.cohorts is not None and found.cohorts.newer is not None and found.cohorts.older is not None
    c, en = found.cohorts, Words("en")
    assert "neither more nor less" in staying.course_title(c, en)
    low = replace(c.newer, value=10.0, low=9.0, high=11.0)
    assert staying.course_title(replace(c, newer=low), en).startswith("Fewer of")
    high = replace(c.newer, value=30.0, low=29.0, high=31.0)
    assert staying.course_title(replace(c, newer=high), en).startswith("More of")


def test_a_month_that_has_not_passed_is_drawn_as_not_yet(found: Value) -> None:
    assert found.cohorts is not None
    html = table_html(found.cohorts, Words("en"))
    waiting = sum(s.state is State.NOT_YET for r in found.cohorts.rows for s in r.shares)
    assert html.count('<td class="ny"') == waiting == 30 and ">0<" not in html
    row = found.cohorts.rows[0]
    held = replace(found.cohorts, rows=(replace(row, shares=(replace(row.shares[0], state=State.WITHHELD),)),))
    assert 'class="wd"' in table_html(held, Words("vi"))


@pytest.mark.parametrize("w", LANGUAGES, ids=lambda w: w.lang)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_figures_stand_on_their_numbers(found: Value, w: Words, palette: object) -> None:
    at, g, c, r = found.worth, found.growth, found.cohorts, found.referral
    assert at and g and c and r and palette in (LIGHT, DARK)
    t = LIGHT if palette is LIGHT else DARK
    curve = worth_chart.curve(at, w, t, "VND")
    assert curve["data"][1]["y"] == [p.value for p in at.curve] and curve["data"][2]["x"] == [p.months for p in at.seen]
    assert curve["layout"]["yaxis"]["range"][0] == 0.0
    winning = worth_chart.winning(at, w, t, "VND")
    assert sorted(v for d in winning["data"] for v in d["x"]) == sorted([at.cost, at.worth.value, at.returner.value])  # type: ignore[union-attr, type-var]
    growing = worth_chart.growing(g, w, t)
    assert growing["data"][0]["x"] == [g.kept.value, g.earned.value if g.earned else None]
    assert "error_x" not in growing["data"][1]
    lines = [(staying.line_name(one, w), one) for one in c.lines]
    drawn = staying_chart.courses(lines, w, t)
    assert len([d for d in drawn["data"] if d["mode"] == "lines+markers"]) == len(c.lines) == 3
    assert staying_chart.returned(c.returned, w, t)["data"][0]["y"] == [x.value for x in c.returned]
    assert len(staying_chart.referred(r.periods, w, t)["data"][0]["y"]) == len(r.periods)


@pytest.mark.parametrize("w", LANGUAGES, ids=lambda w: w.lang)
def test_tables_hold_what_is_drawn(found: Value, release: Release, w: Words) -> None:
    at, c = found.worth, found.cohorts
    assert at and c
    makers = (value_table.point, value_table.curve, value_table.cohorts, value_table.courses, value_table.returned,
              value_table.growth, value_table.referral)  # fmt: skip
    tables = {make.__name__: make(found, release, w) for make in makers}
    for table in tables.values():
        assert table.rows and all(len(row) == len(table.columns) for row in table.rows)
        assert to_csv(table).startswith(b"\xef\xbb\xbf") and table.draft
    assert len(tables["cohorts"].rows) == 12 * len(c.rows)
    assert len(tables["curve"].rows) == len(at.curve) + len(at.seen)


def test_the_command_prints_the_same(found: Value, demo: Demo) -> None:
    run = CliRunner()
    result = run.invoke(app, ["value", "--release", str(demo.release), "--format", "json"])
    told = json.loads(result.output)
    assert result.exit_code == 0 and found.worth and found.worth.point_year and found.growth and found.growth.rate
    assert told["point"]["one_a_year"]["value"] == found.worth.point_year.value
    assert told["growth"]["earned_growth_rate"]["percent"] == found.growth.rate.value
    assert told["cohorts"][-1]["ages"][0] == {"month": 1, "state": "not_yet", "value": None, "low": None, "high": None,
                                              "n": None}  # fmt: skip
    assert run.invoke(app, ["value", "--release", str(demo.release), "--segment", "young"]).exit_code == 0


@pytest.mark.parametrize("segment", ["nhân viên", "agent", "KH-0000001", "no_such"])
def test_the_command_refuses_and_never_echoes(segment: str, demo: Demo) -> None:
    result = CliRunner().invoke(app, ["value", "--release", str(demo.release), "--segment", segment])
    assert result.exit_code == 3 and segment not in result.output


def test_an_estimate_in_other_units_keeps_its_order() -> None:
    assert Estimate(2.0, 1.0, 3.0).times(-2) == Estimate(-4.0, -6.0, -2.0)
