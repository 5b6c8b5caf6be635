"""The journey map: what it shows, and what it must not make out of nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from metrics.answers import Row, Status
from metrics.exports.table import of_answers
from metrics.headlines import journey as words
from metrics.journey.map import Gap, Journey, Spread, StageSight, distance, journey
from metrics.journey.stage import detail, level_shares, levels, pair, topics
from metrics.release import Release
from metrics.standing import Standing
from metrics.words import Words
from pages.parts.journey_map import levels_html, map_html
from pages.parts.stage_card import stage_html, topics_html
from tests.journey.small import CSAT, FITTED, NUMBERS, QUARTER, RETURN, channel, released, stage

EN, VI = Words("en"), Words("vi")


@pytest.fixture
def release(tmp_path: Path) -> Iterator[Release]:
    opened = released(tmp_path / "release.duckdb")
    yield opened
    opened.close()


@pytest.fixture
def whole(release: Release) -> Journey:
    return journey(release, QUARTER)


def at(whole: Journey, id: str) -> StageSight:
    return next(s for s in whole.stages if s.stage.id == id)


def other(tmp_path: Path, change: dict[object, object]) -> Journey:
    """The map of the same company with some cells changed (None: taken out)."""
    numbers = {k: v for k, v in {**NUMBERS, **change}.items() if v is not None}
    return journey(released(tmp_path / "other.duckdb", numbers), QUARTER)  # type: ignore[arg-type]


# ── What a stage measures ─────────────────────────────────────────────────────────────────────────────────────


def test_each_stage_keeps_its_own_measure(whole: Journey) -> None:
    measures = {s.stage.id: s.at.kpi.id if s.at else None for s in whole.stages}
    assert measures == {
        "find": None,
        "delivery": "glad_delivery",
        "installation": "fitted",
        "invoice": None,
        "support": "glad_support",  # what customers say when asked here, though "first_time" is named before it
        "again": "return_90",  # what customers do, though "rec" is named before it
    }
    row = at(whole, "delivery").row
    assert row is not None and row.value == pytest.approx(70.0) and row.n == 600


def test_a_stage_off_course_is_told_by_its_interval(whole: Journey) -> None:
    delivery, support = at(whole, "delivery").at, at(whole, "support").at
    assert delivery and delivery.standing is Standing.OFF  # 70 %, at most 73.5, against 80
    assert support and support.standing is Standing.UNSURE  # 80 % against 80: the interval crosses


def test_a_measure_without_a_whole_quarter_shows_its_own_last_period(tmp_path: Path) -> None:
    late = journey(released(tmp_path / "r.duckdb"), "2026-Q1")
    sight = at(late, "again")
    assert not sight.own_period and sight.at and sight.at.period == QUARTER
    assert "Q4 2025" in words.evidence(late, released(tmp_path / "s.duckdb").strategy, EN)


# ── Gaps ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_silence_has_three_forms(whole: Journey) -> None:
    gaps = {s.stage.id: s.gap for s in whole.stages}
    assert gaps == {
        "find": Gap.ABSENT,
        "delivery": None,
        "installation": Gap.BLIND,
        "invoice": Gap.UNASKED,
        "support": None,
        "again": None,
    }
    assert whole.blind is at(whole, "installation")


def test_only_one_stage_is_the_blind_spot(tmp_path: Path) -> None:
    """Two brick columns would make neither seen: the stage with more complaints about it takes the place."""
    told = other(
        tmp_path, {("complaint_rate", "by_stage", (stage("delivery", "invoice"),)): None,
                   ("complaint_rate", "by_stage", (stage("delivery", "invoice"), channel("store"))): None,
                   ("complaint_rate", "by_stage", (stage("invoice"),)): {"n": 300, "complaints": 250},
                   ("complaint_rate", "by_topic", (("topic", ("invoice",)),)): {"n": 600, "complaints": 300}}
    )  # fmt: skip
    assert [s.stage.id for s in told.stages if s.gap is Gap.BLIND] == ["invoice"]
    assert at(told, "installation").gap is Gap.UNASKED


def test_harm_of_the_blind_spot_is_counted_on_paper(whole: Journey) -> None:
    harm = at(whole, "installation").harm
    assert harm is not None and harm.kept is not None and harm.late is not None
    assert harm.need == pytest.approx(26.0) and harm.need_of == "cohorts"  # 260 of 1,000 first orders
    assert harm.complaints == pytest.approx(19.0)  # 190 of 1,000 complaints
    assert harm.kept.value == pytest.approx(41.0) and harm.late.value == pytest.approx(20.0)
    assert harm.over == QUARTER


def test_late_pooled_with_kept_is_not_shown_as_harm(tmp_path: Path) -> None:
    """A cell of kept and late together would be read as the late ones."""
    kept, broken = (("installation", ("kept",)),), (("installation", ("late", "never")),)
    every = (("installation", ("kept", "late", "never")),)
    told = other(tmp_path, {(RETURN, "by_installation", kept): None, (RETURN, "by_installation", broken): None,
                            (RETURN, "by_installation", every): {"n": 260, "returned": 94}})  # fmt: skip
    harm = at(told, "installation").harm
    assert harm is not None and harm.kept is None and harm.late is None


def test_a_topic_pooled_with_another_is_nobodys_share(tmp_path: Path) -> None:
    alone, both = (("topic", ("installation",)),), (("topic", ("installation", "invoice")),)
    told = other(tmp_path, {("complaint_rate", "by_topic", alone): None,
                            ("complaint_rate", "by_topic", (("topic", ("invoice",)),)): None,
                            ("complaint_rate", "by_topic", both): {"n": 1000, "complaints": 300}})  # fmt: skip
    harm = at(told, "installation").harm
    assert harm is not None and harm.complaints is None


# ── Channels ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_pooled_channels_are_one_cell_and_the_absent_one_is_no_zero(whole: Journey) -> None:
    sight = at(whole, "delivery")
    assert sight.spread is Spread.CELLS
    assert [(c.values, round(c.row.value or 0), c.row.pooled) for c in sight.cells] == [
        (("store",), 82, False),
        (("hotline",), 70, False),
        (("website", "facebook"), 52, True),
    ]
    assert "zalo" not in {v for c in sight.cells for v in c.values}


def test_a_breakdown_that_was_not_split_is_withheld_as_a_whole(whole: Journey) -> None:
    sight = at(whole, "support")
    assert sight.spread is Spread.WITHHELD and sight.cells == ()


def test_what_customers_do_is_not_cut_by_channel_when_no_view_says_so(whole: Journey) -> None:
    assert at(whole, "again").spread is Spread.UNCUT


@pytest.mark.parametrize(
    ("value", "low", "high", "direction", "level"),
    [
        (82.0, 77.0, 86.0, "up", 4),
        (70.0, 66.0, 74.0, "up", 2),
        (70.5, 66.0, 74.0, "up", 3),
        (52.0, 45.0, 59.0, "up", 1),
        (86.0, 83.0, 89.0, "up", 5),
        (91.0, 88.0, 94.0, "up", 6),
        (91.0, 88.0, 94.0, "down", 2),
        (60.0, 55.0, 65.0, "down", 6),
    ],
)
def test_distance_to_the_target(value: float, low: float, high: float, direction: str, level: int) -> None:
    row = Row(QUARTER, (), value, low, high, 200, Status.FIRM, False)
    assert distance(row, 80.0, direction, 100.0) == level


def test_a_wide_interval_is_not_coloured_as_a_miss(whole: Journey) -> None:
    row = Row(QUARTER, (), 60.0, 31.0, 83.0, 10, Status.INDICATIVE, False)
    assert distance(row, 80.0, "up", 100.0) == 4
    assert distance(row, None, "up", 100.0) is None


# ── Volume, coverage, levels, topics ──────────────────────────────────────────────────────────────────────────


def test_a_stage_pooled_with_another_does_not_take_its_volume(whole: Journey) -> None:
    assert (at(whole, "support").volume, at(whole, "support").volume_of) == (1500, "contacts")
    assert (at(whole, "installation").volume, at(whole, "installation").volume_of) == (260, "orders")
    assert at(whole, "invoice").volume is None


def test_coverage_leaves_out_contacts_without_a_stage_and_pooled_stages(whole: Journey) -> None:
    assert whole.coverage == pytest.approx(1500 / 2000)
    assert whole.unfiled == pytest.approx(5.0)
    assert words.coverage(whole, EN)[0].startswith("This map covers 75% of contacts")


def test_levels_are_read_where_they_are_asked(release: Release) -> None:
    rows, answers = levels(release, QUARTER)
    assert [s.id for s, _ in rows] == ["delivery", "installation", "invoice", "support"]
    shares = level_shares({s.id: r for s, r in rows}["delivery"])  # type: ignore[arg-type]
    assert shares == pytest.approx((10, 10, 40, 25, 10, 5)) and [a.kpi for a in answers] == ["level"]
    # support has all 20 answers at level 3 or less, but 20 answers are no finding
    assert words.levels_title(rows, EN) == "Delivery: six in ten get what they expected, or less"


def test_topics_come_in_order_of_complaints(release: Release) -> None:
    answer, found = topics(release, QUARTER)
    assert answer is not None
    assert [(t.values, t.share, t.count) for t in found] == [
        (("price",), pytest.approx(70.0), 700),
        (("installation",), pytest.approx(19.0), 190),
        (("invoice",), pytest.approx(11.0), 110),
    ]


def test_one_stage_opened(release: Release, whole: Journey) -> None:
    found = detail(release, whole, "support")
    assert [s.kpi.id for s in found.stands] == ["glad_support", "first_time"]
    assert {a.kpi for a in found.answers} == {"glad_support", "first_time", "complaints", "level"}
    assert [(k.id, row.n) for k, row in found.others] == [("complaints", 1500), ("level", 20)]
    with pytest.raises(KeyError):
        detail(release, whole, "nowhere")


def test_no_pair_is_made_of_one_quarter(release: Release, whole: Journey) -> None:
    assert pair(release, whole) is None


# ── Sentences ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_headline_names_the_blind_spot_with_its_numbers(whole: Journey, release: Release) -> None:
    assert words.headline(whole, EN) == (
        "Customers meet silence at installation: one first order in four, one complaint in five, and nobody asks."
    )
    assert words.headline(whole, VI) != words.headline(whole, EN)
    text = words.evidence(whole, release.strategy, EN)
    assert "26% of first orders and 19% of complaints are about installation." in text
    assert "When it came late, 20% come back; on the day, 41%." in text
    assert "delivery 70.0% (66.2–73.5) against 80.0%" in text


def test_no_fraction_is_forced_on_a_share_that_has_none(whole: Journey) -> None:
    sight = at(whole, "installation")
    assert sight.harm is not None
    stages = tuple(
        replace(s, harm=replace(s.harm, need=73.0, complaints=1.2)) if s is sight and s.harm else s
        for s in whole.stages
    )
    assert (
        words.headline(replace(whole, stages=stages), EN) == "Customers meet silence at installation, and nobody asks."
    )


def test_without_a_blind_spot_the_headline_says_what_is_off(whole: Journey) -> None:
    stages = tuple(s for s in whole.stages if s.gap is not Gap.BLIND)
    assert words.headline(replace(whole, stages=stages), EN) == "Off course: delivery and again."


# ── The drawing ───────────────────────────────────────────────────────────────────────────────────────────────


def drawn(whole: Journey, release: Release, w: Words = EN) -> str:
    return map_html(whole, release.strategy, w, lambda id: f"journey?stage={id}")


def test_names_from_the_strategy_are_text_not_markup(whole: Journey, release: Release) -> None:
    html = drawn(whole, release)
    assert "Find <b>us</b>" not in html and "Find &lt;b&gt;us&lt;/b&gt;" in html


def test_every_figure_of_the_map_carries_interval_and_n(whole: Journey, release: Release) -> None:
    labels = re.findall(r'role="img" aria-label="([^"]*)"', drawn(whole, release))
    assert len(labels) == 6  # three cells, on the desk and on the phone
    assert "Delivery · Store · 82.0% (77.3–85.9) · n = 300 · at target" in labels
    assert "Delivery · Website and Facebook · 52.0% (45.1–58.8) · n = 200 · far below · pooled" in labels


def test_pooled_cells_span_their_rows_and_the_word_says_so(whole: Journey, release: Release) -> None:
    html = drawn(whole, release)
    cell = re.search(r'<div class="jc pool" style="grid-column:3;grid-row:7/span 2;[^>]*>(.*?)</div>', html)
    assert cell and "<small>pooled</small>" in cell.group(1)
    assert html.count(">52.0%<") == 2


def test_gaps_are_drawn_and_hold_no_number_of_their_own(whole: Journey, release: Release) -> None:
    html = drawn(whole, release)
    assert "We are absent" in html and "Customers start with a friend" in html
    assert html.count("Nobody asks") == 2 and html.count('class="jg blind"') == 2
    withheld = re.findall(r'class="jc wh"[^>]*><span>([^<]*)</span>', html)
    assert withheld == ["withheld as a breakdown; the total stands"] * 2
    assert ">0.0%<" not in html and ">0%<" not in html


def test_a_group_whose_rows_do_not_touch_says_whom_it_stands_with(tmp_path: Path) -> None:
    ends = (stage("delivery"), channel("store", "website", "facebook"))
    change = {(CSAT, "by_stage", (stage("delivery"), channel("store"))): None,
              (CSAT, "by_stage", (stage("delivery"), channel("website", "facebook"))): None,
              (CSAT, "by_stage", ends): {"n": 500, "satisfied": 350}}  # fmt: skip
    numbers = {k: v for k, v in {**NUMBERS, **change}.items() if v is not None}
    release = released(tmp_path / "r.duckdb", numbers)  # type: ignore[arg-type]
    html = drawn(journey(release, QUARTER), release)
    assert "pooled with Website and Facebook" in html and "pooled with Store" in html


def test_the_table_holds_what_is_on_the_map_and_nothing_else(whole: Journey, release: Release) -> None:
    table = of_answers(whole.answers(), release.strategy, EN)
    names = [c.name for c in table.columns]
    shown = [(row[0], row[names.index("Channel")], row[names.index("Value")]) for row in table.rows]
    values = {"glad_delivery": 70.0, "fitted": 100 * 200 / 260, "glad_support": 80.0, "return_90": 33.0}
    assert [(kpi, value) for kpi, of, value in shown if not of and kpi != "return_90"] == [
        (kpi, pytest.approx(value)) for kpi, value in values.items() if kpi != "return_90"
    ]
    assert {kpi for kpi, *_ in shown} == set(values), "an absent stage has no figures, a withheld column no cells"
    assert [(of, value) for kpi, of, value in shown if of] == [
        ("Store", pytest.approx(82.0)),
        ("Hotline", pytest.approx(70.0)),
        ("Website and Facebook", pytest.approx(52.0)),
    ]


def test_all_pieces_draw_in_both_languages(whole: Journey, release: Release) -> None:
    rows, _ = levels(release, QUARTER)
    _, found = topics(release, QUARTER)
    opened = detail(release, whole, "delivery")
    for w in (EN, VI):
        assert "Delivery" in drawn(whole, release, w)
        assert "%" in topics_html(found, release.strategy, w)
        assert w("no question asked, so no level") in levels_html(rows, w)
        html = stage_html(opened, whole, release.strategy, w, lambda page, **more: f"{page}?{more}")
        assert w.percent(70.0) in html


def test_without_channels_the_map_still_stands(tmp_path: Path) -> None:
    """A survey of one wave by stage has no channel to cut by."""
    told = other(tmp_path, {k: None for k in NUMBERS if k[0] == CSAT and len(k[2]) == 2})
    assert at(told, "delivery").spread in (Spread.UNCUT, Spread.WITHHELD)
    assert at(told, "delivery").row is not None


def test_a_refused_measure_is_no_figure(tmp_path: Path) -> None:
    told = other(tmp_path, {(FITTED, "", ()): None})
    assert at(told, "installation").row is None and at(told, "installation").volume is None
