"""The strategy page's pieces, each test named by the false picture it prevents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from metrics.charts.limits import stretches
from metrics.errors import Place
from metrics.headlines.ages import ages, length, others
from metrics.headlines.ages import table as age_table
from metrics.headlines.ages import title as age_title
from metrics.headlines.coverage import Ear, coverage
from metrics.headlines.coverage import table as coverage_table
from metrics.headlines.coverage import title as coverage_title
from metrics.headlines.findings import told
from metrics.headlines.goals import brand, card
from metrics.headlines.strategy import goals, own_period
from metrics.headlines.tree import evidence
from metrics.release import Release
from metrics.standing import Standing, default_period, figure, mixed, periods, stand
from metrics.strategy.cases import Case
from metrics.strategy.finding import Finding, Severity
from metrics.strategy.history import dated_events
from metrics.strategy.load import check_text
from metrics.strategy.model import Change, Local, Strategy
from metrics.tree import grow
from metrics.words import Words
from pages.parts.links import target
from tests.conftest import ROOT
from tests.invented import MONTHS, invent
from tests.strategy.cases import CASES, SMALL, TODAY, named

EN, VI = Words("en"), Words("vi")
LONG = [f"{y}-{m:02d}" for y in (2022, 2023, 2024, 2025) for m in range(1, 13)]


@pytest.fixture(scope="module")
def release(invented: Path) -> Release:
    return Release(invented)


def with_kpi(strategy: Strategy, id: str, **fields: object) -> Strategy:
    kpis = tuple(k.model_copy(update=fields) if k.id == id else k for k in strategy.kpis)
    return strategy.model_copy(update={"kpis": kpis})


# ── Coverage ──


def test_every_kpi_stands_in_the_matrix_once(release: Release) -> None:
    found = coverage(release.strategy, goals(release, "2025-Q4"))
    placed = [s.kpi.id for row in found.cells for stands in row for s in stands]
    assert sorted(placed) == sorted(k.id for k in release.strategy.kpis)
    assert sum(c.kpis for c in found.columns) == len(placed)
    for goal, row in zip(found.goals, found.cells):
        assert all(s.kpi.goal == goal.id for stands in row for s in stands)


def test_a_stage_nobody_measures_or_asks_at_is_named(release: Release) -> None:
    found = coverage(release.strategy, goals(release, "2025-Q4"))
    assert [s.id for s in found.unmeasured] == ["choose", "use"]
    assert [s.id for s in found.unheard] == ["installation", "use"]
    assert coverage_title(found, EN) == "No KPI looks at “Choose” and “Use”; nobody listens at “Installation” and “Use”"
    ears = {c.stage.id: c.ear for c in found.columns if c.stage}
    assert ears["find_out"] is Ear.ABSENT and ears["delivery"] is Ear.POST


def test_no_gap_is_blank_in_the_table(release: Release) -> None:
    found = coverage(release.strategy, goals(release, "2025-Q4"))
    table = coverage_table(found, release, {s: s.value for s in Standing}, EN)
    gaps = [row for row in table.rows if row[2] is None]
    assert gaps and all(row[3] == "no KPI" for row in gaps)
    stages, all_goals = len(release.strategy.journey), len(release.strategy.goals)
    filled = {(row[0], row[1]) for row in table.rows if row[1] != "Whole journey"}
    assert len(filled) == stages * all_goals


# ── Goals, promises, counts ──


def test_a_goal_and_the_tree_say_why_they_count_differently(release: Release) -> None:
    found = goals(release, "2025-Q4")
    keep = next(g for g in found if g.goal.id == "keep_customers")
    tree = grow(release.strategy, "return_90")
    said = evidence(tree, {b.kpi.id: stand(release, b.kpi.id) for b in tree.branches}, release, EN)
    assert f"{keep.kpis} KPIs serve it" in card(keep, release, EN).count
    here, mine = {b.kpi.id for b in tree.branches}, {k.id for k in release.strategy.kpis if k.goal == "keep_customers"}
    assert f"Of the {len(here)} KPIs here" in said
    assert (
        f"has {len(mine)}: {len(mine - here)} of them are not here, and {len(here - mine)} here serve another" in said
    )


def test_a_promise_nobody_measures_is_a_gap(release: Release) -> None:
    texts = brand(release.strategy, EN)
    assert texts.vision and texts.competence and all(p.goals and p.kpis for p in texts.promises)
    assert {name for name, _ in texts.segments} == {"Households", "Young people"}
    silent = with_kpi(release.strategy, "price_fair", promise=None)
    assert [p.kpis for p in brand(silent, EN).promises if "costs" in p.statement] == [()]


# ── Ages and lines that are cut ──


def test_a_redefined_kpi_is_as_young_as_its_definition(release: Release) -> None:
    found = {a.kpi.id: a for a in ages(release)}
    assert found["tnps"].since == date(2025, 4, 1) and found["tnps"].first == date(2024, 4, 1)
    assert len(found["tnps"].redefined) == 1 and length(found["tnps"], EN) == "1 year"
    assert (
        found["fcr"].since == date(2024, 4, 1) and not found["fcr"].redefined and length(found["fcr"], EN) == "2 years"
    )
    assert age_title(tuple(found.values()), EN).startswith("Three of 30 KPIs were redefined")
    assert "27 others" in others(tuple(found.values()), EN)
    assert len(age_table(tuple(found.values()), release, VI).rows) == 30


def test_a_recorded_change_cuts_the_line_and_counts(release: Release) -> None:
    what = Local(en="Counts chats too", vi="Tính cả chat")
    entries = (Change(date=date(2025, 1, 1), what=what), Change(date=date(2025, 7, 1), what=what, redefines=False))
    strategy = with_kpi(release.strategy, "fcr", history=entries)
    events = [e for e in dated_events(strategy) if e.redefines and "fcr" in e.kpis]
    assert [e.date for e in events] == [date(2025, 1, 1)]
    rows = [figure(release, "fcr", p) for p in ("2024-Q3", "2024-Q4", "2025-Q1", "2025-Q2")]
    assert [len(run) for run in stretches([r for r in rows if r], events)] == [2, 2]
    found = next(a for a in ages(release.reading(strategy)) if a.kpi.id == "fcr")
    assert found.since == date(2025, 1, 1) and len(found.redefined) == 1
    assert stand(release.reading(strategy), "fcr", "2025-Q4").doubt is not None


def test_since_when_it_is_measured_so_cuts_the_line_too(release: Release) -> None:
    strategy = with_kpi(release.strategy, "fcr", since=date(2025, 10, 1))
    assert [e.date for e in dated_events(strategy) if "fcr" in e.kpis] == [date(2025, 10, 1)]
    older = with_kpi(release.strategy, "fcr", since=date(2020, 1, 1))
    found = next(a for a in ages(release.reading(older)) if a.kpi.id == "fcr")
    assert found.since == date(2020, 1, 1) and not found.redefined


def test_a_declared_event_and_its_record_are_one_change(release: Release) -> None:
    entry = (Change(date=date(2025, 4, 1), what=Local(en="Survey rule", vi="Cách mời")),)
    strategy = with_kpi(release.strategy, "tnps", history=entry)
    assert len(dated_events(strategy)) == len(strategy.events)


# ── Years ──


def test_a_year_is_offered_and_never_joins_two_definitions(release: Release) -> None:
    assert "2025" in periods(release) and "2024" not in periods(release)
    whole = figure(release, "fcr", "2025")
    assert whole is not None and whole.value is not None
    assert mixed(release, "tnps", "2025") and figure(release, "tnps", "2025") is None
    assert own_period(release, "tnps", "2025") == "2025-Q4"


def test_the_default_is_a_year_where_years_can_be_compared(release: Release, tmp_path: Path) -> None:
    assert default_period(release) == "2025-Q4"
    assert default_period(Release(invent(release.strategy, tmp_path / "long.duckdb", months=LONG))) == "2025"
    assert MONTHS[0] == "2024-04"


# ── Strategy debt ──


@pytest.fixture(scope="module")
def debt() -> Iterator[tuple[Strategy, tuple[Finding, ...]]]:
    loaded = check_text((ROOT / "strategy.yaml").read_bytes(), "strategy.yaml", date(2026, 4, 5))
    assert loaded.strategy is not None
    yield loaded.strategy, loaded.debt


@pytest.mark.parametrize("w", [EN, VI], ids=["en", "vi"])
def test_debt_is_told_by_names_and_never_by_ids(w: Words, debt: tuple[Strategy, tuple[Finding, ...]]) -> None:
    strategy, found = debt
    assert found
    for finding in found:
        what, mend = told(finding, strategy, w)
        for id in [k.id for k in strategy.kpis if "_" in k.id] + [s.id for s in strategy.journey]:
            assert not re.search(rf"“{id}”", what + mend), what
        assert "this word" not in what + mend and "chữ này" not in what + mend


def test_a_typed_word_is_not_repeated_unless_it_is_declared() -> None:
    place = Place("strategy.yaml", 3, 5)
    typed = Finding("M003", Severity.ERROR, place, "“{value}” is not an id.", "", (("value", "Nguyễn Thị Lan"),))
    assert "Lan" not in told(typed, None, EN)[0]
    known = Finding("M001", Severity.ERROR, place, "The key “{key}” is missing here.", "", (("key", "goal"),))
    assert "goal" in told(known, None, EN)[0]


def test_a_release_without_dated_figures_has_no_age(release: Release, tmp_path: Path) -> None:
    path = invent(release.strategy, tmp_path / "wave.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM number WHERE metric = 'fcr'")
    found = next(a for a in ages(Release(path)) if a.kpi.id == "fcr")
    assert found.years is None and length(found, EN) == "no dated figure"


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("kpi?lang=vi&kpi=tnps", ("kpi", {"lang": "vi", "kpi": "tnps"})),
        (".?lang=vi", ("strategy", {"lang": "vi"})),
        ("journey", ("journey", {})),
        ("https://elsewhere.example/kpi", None),
        ("//elsewhere.example/kpi", None),
        ("javascript:alert(1)", None),
        ("../kpi", None),
        ("kpi?kpi=" + "x" * 80, None),
        ("admin?x=1", None),
        (None, None),
        ({"to": 1}, None),
    ],
)
def test_a_link_leads_to_a_page_of_the_menu_or_nowhere(href: object, wanted: object) -> None:
    assert target(href, ("strategy", "tree", "kpi", "journey")) == wanted


@pytest.mark.parametrize("case", CASES.failing, ids=named)
def test_no_rule_makes_a_page_say_an_id_or_fail(case: Case) -> None:
    """Each failing case of each rule, as the notice and the debt list say it."""
    loaded = check_text(case.text.encode(), "s.yaml", TODAY, CASES.history)
    good = check_text(SMALL.encode(), "s.yaml", TODAY, CASES.history).strategy
    strategy = loaded.strategy or good
    assert strategy is not None
    named_ids = {k.id for k in strategy.kpis} | {g.id for g in strategy.goals} | {q.id for q in strategy.questions}
    for finding in loaded.findings:
        for w in (EN, VI):
            what, mend = told(finding, strategy, w)
            for key, value in finding.values:
                if key in ("kpi", "goal", "question") and value in named_ids:
                    assert f"“{value}”" not in what + mend, finding
                if key == "value" and isinstance(value, str) and value.istitle():
                    assert value not in what, "what was typed"
