"""Figures are plain data, draw gaps as gaps, and their titles never say more than the data."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import plotly.graph_objects as go
import pytest

from metrics.answers import Answer, Grain, Request, Row, Status
from metrics.charts import dots, parts, trend
from metrics.charts.drawn import drawn
from metrics.charts.layout import nice_ticks, safe, spread, tick_texts, wrap
from metrics.charts.tokens import DARK, LIGHT, Tokens, tokens
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import row_text, span_text
from metrics.mix import split
from metrics.strategy.load import load
from metrics.strategy.model import KPI, Event, Local, Strategy, Target
from metrics.words import Words
from tests.charts.test_change import answer, group, whole
from tests.pages.serving import ROOT

EN, VI = Words("en"), Words("vi")
CSAT = BY_ID["csat"]


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    found = load(ROOT / "strategy.yaml").strategy
    assert found is not None
    return found


def kpi(name: str = "Name") -> KPI:
    target = Target(by=date(2026, 12, 31), value=92.0)
    return KPI(id="k", name=Local(en=name, vi=name), metric="csat", direction="up", targets=(target,))


def course(values: list[float | None], dims: Any = ()) -> Answer:
    rows = []
    for i, value in enumerate(values):
        period = f"{2024 + (3 + i) // 12}-{(3 + i) % 12 + 1:02d}"
        if value is None:
            rows.append(Row(period, (), None, None, None, None, Status.WITHHELD, False))
        else:
            rows.append(Row(period, dims, value, value - 1, value + 1, 400, Status.FIRM, False))
    return Answer("k", "g", CSAT, CSAT.unit, Request("k"), "2026-04-05", Grain.BLOCK.value, False, None, tuple(rows))


def event(day: str, name: str = "Event", **more: bool) -> Event:
    return Event(date=date.fromisoformat(day), name=Local(en=name, vi=name), **more)


def lines(figure: dict[str, Any]) -> list[dict[str, Any]]:
    return [t for t in figure["data"] if t["type"] == "scatter" and t.get("hovertext") and "line" in t]


def every(figure: dict[str, Any]) -> str:
    return json.dumps(figure, allow_nan=False)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("w", [EN, VI])
def test_figures_are_plain_data_that_plotly_accepts(palette: Tokens, w: Words, strategy: Strategy) -> None:
    seen = [
        trend.figure(course([90, 91, None, 90, 89, 90, 91, 92]), kpi(), [event("2024-06-10")], w, palette),
        dots.figure(answer([group("zalo", 93, 40), group("store", 81, 20)]), "up", 85.0, strategy, w, palette),
    ]
    for figure in seen:
        assert json.loads(every(figure)) == figure
        go.Figure(figure)  # validated: a misspelt property raises
        assert drawn(figure).to_dict() is figure
        assert 60 < figure["layout"]["height"] <= 330
        assert figure["layout"]["separators"] == (",." if w.lang == "vi" else ".,")
        assert not figure["layout"]["showlegend"]


def test_a_redefinition_cuts_the_line() -> None:
    values: list[float | None] = [90.0] * 12
    plain = trend.figure(course(values), kpi(), [event("2024-10-01")], EN, LIGHT)
    cut = trend.figure(course(values), kpi(), [event("2024-10-01", redefines=True)], EN, LIGHT)
    assert len(lines(plain)) == 1 and len(lines(cut)) == 2
    assert sum(len(t["x"]) for t in lines(cut)) == 12


def test_a_withheld_month_is_drawn_as_withheld_and_never_as_zero() -> None:
    figure = trend.figure(course([90, 91, None, 90, 91]), kpi(), [], EN, LIGHT)
    hatched = [t for t in figure["data"] if t["type"] == "bar"]
    assert len(hatched) == 1 and hatched[0]["marker"]["pattern"]["shape"]
    assert any(a["text"] == "withheld" for a in figure["layout"]["annotations"])
    assert len(lines(figure)) == 2
    assert all(y is None or y > 50 for t in lines(figure) for y in t["y"])


def test_a_missing_month_is_a_dashed_box() -> None:
    whole_course = course([90, 91, 90, 91, 90, 91])
    holed = Answer(**{**whole_course.__dict__, "rows": tuple(r for r in whole_course.rows if r.period != "2024-07")})
    figure = trend.figure(holed, kpi(), [], EN, LIGHT)
    assert any(a["text"] == "no data" for a in figure["layout"]["annotations"])
    assert len(lines(figure)) == 2


def test_hover_says_value_interval_n_and_period() -> None:
    figure = trend.figure(course([90.0] * 6), kpi(), [], VI, LIGHT)
    assert lines(figure)[0]["hovertext"][0] == "<b>90,0%</b> (89,0–91,0)<br>n = 400<br>tháng 4/2024"


def test_event_names_are_numbered_where_they_would_touch_on_a_phone() -> None:
    near = [event("2024-08-11", "Single day"), event("2024-09-12", "Other day")]
    numbered = trend.event_list(course([90.0] * 24), near, EN)
    assert numbered == [(1, "Single day (11 Aug 2024)"), (2, "Other day (12 Sep 2024)")]
    shown = [a["text"] for a in trend.figure(course([90.0] * 24), kpi(), near, EN, LIGHT)["layout"]["annotations"]]
    assert "1" in shown and "Single day" not in shown
    assert trend.event_list(course([90.0] * 24), [event("2025-01-29", "Tết")], EN) == []


def test_names_from_the_strategy_are_never_markup(strategy: Strategy) -> None:
    evil = '<a href="javascript:1">x</a>'
    figure = trend.figure(course([90.0] * 8), kpi(evil), [event("2024-08-11", evil)], EN, LIGHT)
    assert "<a" not in every(figure) and "&lt;a" in every(figure)
    assert wrap(f"{evil} {evil}", 10).count("<") == wrap(f"{evil} {evil}", 10).count("<br>")
    assert safe("a & b") == "a &amp; b"


def test_the_trend_title_says_what_the_data_say() -> None:
    steady: list[float | None] = [90, 91, 90, 89, 90, 91, 90, 89, 91, 90, 89, 90, 91, 90]
    assert trend.finding(course(steady), [], EN) == "Steady: every figure lies within the control limits"
    assert "Too few" in trend.finding(course(steady[:3]), [], EN)
    down = [*steady[:12], 80, 81, 80, 79]
    assert trend.finding(course(down), [], EN).startswith("Down 10.0 points in a year, to 79.0% in Jul 2025")
    redefined = trend.finding(course(down), [event("2025-04-01", redefines=True)], EN)
    assert redefined == "Measured in another way since Apr 2025: earlier figures do not compare"
    dip = [*steady[:8], 70, *steady[8:12]]
    assert "Tết" in trend.finding(course(dip), [event("2024-12-20", "Tết", repeats=True)], EN)
    assert "outside the control limits" in trend.finding(course(dip), [], EN)
    step: list[float | None] = [*steady[:8], *(v - 5 for v in steady[:8] if v)]
    said = trend.finding(course(step), [event("2024-12-01", "new carrier")], EN)
    assert said == "One step down in Dec 2024, new carrier; steady since"
    assert "no series" in trend.finding(course([None, None]), [], EN)


def test_groups_are_sorted_best_first_and_withheld_last() -> None:
    held = Row("2025-Q4", (("channel", ("hotline",)),), None, None, None, None, Status.WITHHELD, False)
    rows = answer([group("store", 81, 40), held, group("zalo", 93, 40)])
    assert [r.value for r in dots.groups_of(rows, "up")] == [93, 81, None]
    assert [r.value for r in dots.groups_of(rows, "down")] == [81, 93, None]


def test_a_pooled_group_is_a_broken_bar_with_the_word(strategy: Strategy) -> None:
    pooled = Row("2025-Q4", (("channel", ("website", "facebook")),), 85.0, 84.0, 86.0, 90, Status.FIRM, True)
    figure = dots.figure(answer([group("store", 81, 40), pooled]), "up", None, strategy, EN, LIGHT)
    assert [t["x"] for t in figure["data"] if t["mode"] == "lines"] == [[84.0, 86.0, None]]
    texts = [a["text"] for a in figure["layout"]["annotations"]]
    assert any("Website and Facebook" in t and "pooled" in t for t in texts)


def test_groups_whose_ranges_overlap_are_never_ranked(strategy: Strategy) -> None:
    alike = answer([group("store", 86.0, 40, 3), group("zalo", 88.0, 40, 3), group("hotline", 87.0, 40, 3)])
    assert dots.finding(alike, "up", None, strategy, EN) == "No group stands apart: the ranges overlap"
    apart = answer([group("store", 80.0, 40), group("zalo", 88.0, 40), group("hotline", 87.0, 40)])
    assert dots.finding(apart, "up", None, strategy, EN) == "Store does worse than all the others"
    assert dots.finding(apart, "up", 85.0, strategy, EN) == "Certainly below the target of 85%: Store"
    assert dots.finding(apart, "up", 95.0, strategy, EN) == "Every group is on the wrong side of the target"
    assert "Not cleared" in dots.finding(answer([]), "up", 85.0, strategy, EN)


def test_the_parts_of_a_change_add_up_on_the_picture(strategy: Strategy) -> None:
    old = [group("zalo", 93.0, 800), group("hotline", 81.0, 5000), group("store", 81.0, 4200)]
    new = [group("zalo", 89.0, 3800), group("hotline", 77.4, 3300), group("store", 77.4, 2900)]
    found = split(answer(old), answer(new), whole(old), whole(new))
    assert found is not None
    figure = parts.figure(found, answer(new), "up", strategy, EN, LIGHT)
    *steps, total = figure["data"][0]["x"]
    assert sum(steps) == pytest.approx(total) == pytest.approx(found.moved.value)
    starts = figure["data"][0]["base"]
    assert starts[1] == pytest.approx(starts[0] + steps[0])
    said = parts.finding(found, answer(new), strategy, EN)
    assert said == "The total stands still while every group falls, because Zalo grew"


def test_no_part_is_coloured_when_no_group_explains_the_change(strategy: Strategy) -> None:
    old = [group("zalo", 93.0, 3000, 2), group("hotline", 81.0, 3000, 2), group("store", 81.0, 4000, 2)]
    new = [group("zalo", 88.0, 3000, 2), group("hotline", 76.0, 3000, 2), group("store", 75.5, 4000, 2)]
    found = split(answer(old), answer(new), whole(old), whole(new))
    assert found is not None and found.moved.sure
    said = parts.finding(found, answer(new), strategy, EN)
    assert said == "No one group explains it: none certainly moved unlike the rest"
    figure = parts.figure(found, answer(new), "up", strategy, EN, LIGHT)
    assert LIGHT.off not in figure["data"][0]["marker"]["color"]


def test_a_narrow_interval_is_not_rounded_away() -> None:
    narrow = Row("all", (), 2.953, 2.938, 2.968, 9720, Status.FIRM, False)
    wide = Row("all", (), 6.55, 6.4, 6.7, 600, Status.FIRM, False)
    told = [(row_text(r, Unit.SCORE, EN), span_text(r.low, r.high, Unit.SCORE, EN)) for r in (narrow, wide)]
    assert told == [("2.95", "2.94–2.97"), ("6.5", "6.4–6.7")]


def test_ticks_are_round_and_the_unit_stands_once() -> None:
    assert nice_ticks(84.2, 93.8) == [86, 88, 90, 92]
    assert nice_ticks(0, 41, 4) == [0, 20, 40]
    assert tick_texts([86.0, 88.0], Unit.PERCENT, VI) == ["86", "88%"]
    assert tick_texts([0.5, 1.0], Unit.SCORE, VI) == ["0,5", "1,0"]
    assert tick_texts([2.94, 2.95, 2.96], Unit.SCORE, EN) == ["2.94", "2.95", "2.96"]
    low, high = spread([99.0, 100.0], Unit.PERCENT)
    assert low < 99 and high == 100


def luminance(colour: str) -> float:
    def part(c: int) -> float:
        v = c / 255
        return v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4

    r, g, b = (part(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_text_and_edges_can_be_read(palette: Tokens) -> None:
    """WCAG 2: text at least 4.5 on card and paper, edges that carry meaning at least 3."""
    for ground in (palette.card, palette.paper):
        for name in ("ink", "ink2", "ink3", "prim", "second", "on", "watch", "off", "unsure", "nohandle", "withheld"):
            assert contrast(getattr(palette, name), ground) >= 4.5, name
        assert contrast(palette.edge, ground) >= 3
    assert all(contrast(fill, on) >= 4.5 for fill, on in palette.levels)
    assert tokens("dark") is DARK and tokens(None) is LIGHT and tokens("neon") is LIGHT
