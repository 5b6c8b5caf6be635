"""The strategy page's sentences, each test named by the false sentence it prevents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from metrics.answers import Row, Status
from metrics.change import change
from metrics.headlines.goals import card
from metrics.headlines.strategy import Course, GoalStand, course, evidence, headline, trend
from metrics.headlines.waiting import now, waiting
from metrics.release import Release
from metrics.standing import KpiStand, Standing, stand
from metrics.words import Words
from pages.parts.address import asks_for_people, href, language
from pages.parts.cards import esc

EN, VI = Words("en"), Words("vi")


@pytest.fixture(scope="module")
def release(invented: Path) -> Release:
    return Release(invented)


def row(value: float, half: float, period: str = "2025-Q4") -> Row:
    return Row(period, (), value, value - half, value + half, 1000, Status.FIRM, False)


def at(release: Release, kpi: str, standing: Standing, figure: Row | None) -> KpiStand:
    return replace(stand(release, kpi), standing=standing, row=figure, doubt=None)


def made(
    release: Release, standing: Standing, before: float, after: float, said: tuple[float, float] = (20, 20)
) -> Course:
    """A course with these figures: return 90 (half width 1) and tNPS (half width 4)."""
    outcome = at(release, "return_90", standing, row(after, 1))
    stated = at(release, "tnps", Standing.ON, row(said[1], 4))
    then = row(before, 1, "2024-Q4")
    moved, said_moved = change(then, row(after, 1)), change(row(said[0], 4), row(said[1], 4))
    return Course(outcome, then, moved, stated, said_moved, ())


def test_a_rising_score_never_hides_falling_return(release: Release) -> None:
    found = made(release, Standing.OFF, 39, 33, (17, 30))
    assert headline(found, EN) == (
        "Off course: fewer customers come back, although more of those asked would recommend us."
    )
    assert headline(found, VI).startswith("Lệch hướng: khách quay lại ít hơn, dù")


def test_a_change_within_chance_is_not_called_a_change(release: Release) -> None:
    said = headline(made(release, Standing.UNSURE, 39.0, 38.5), EN)
    assert said == "Not sure yet: the change in a year is within chance."


def test_a_score_change_within_chance_is_not_said(release: Release) -> None:
    assert "recommend" not in headline(made(release, Standing.OFF, 39, 33, (20, 22)), EN)


def test_on_course_does_not_hide_that_fewer_come_back(release: Release) -> None:
    assert headline(made(release, Standing.ON, 45, 41), EN) == "On course, but fewer customers come back."


def test_without_a_year_before_nothing_is_compared(release: Release) -> None:
    found = replace(made(release, Standing.UNSURE, 39, 38), before=None, moved=None)
    assert "no year before" in headline(found, EN)
    assert "A year before" not in evidence(found, release, EN)


def test_no_figure_is_no_verdict(release: Release) -> None:
    found = replace(made(release, Standing.UNSURE, 39, 38), at=at(release, "return_90", Standing.UNSURE, None))
    assert headline(found, EN).startswith("We cannot tell yet")


def test_the_figure_of_the_sentence_is_the_figure_of_the_chart(release: Release) -> None:
    found = course(release, "2025-Q4")
    last = trend(release, "return_90", "2025-Q4").last
    assert found.at is not None and found.at.row is not None and last is not None
    assert found.at.row.value == last.value
    assert EN.percent(last.value or 0) in evidence(found, release, EN)


def test_an_earlier_period_shows_no_later_figure(release: Release) -> None:
    rows = trend(release, "tnps", "2025-Q1").rows
    assert rows[-1].period == "2025-Q1"


def test_a_decision_names_a_role_and_a_day(release: Release) -> None:
    for what, who in now(release, "2025-Q4", EN):
        assert what
        assert " · by " in who
    listed, more = waiting(release, "2025-Q4", EN)
    assert listed and more >= 0
    assert all(w.owner and w.by.startswith("by ") for w in listed)


def test_a_bar_keeps_the_proportion_of_value_and_path(release: Release) -> None:
    goal = release.strategy.goals[0]
    stood = replace(at(release, "return_90", Standing.OFF, row(30, 1)), target=40.0)
    drawn = card(GoalStand(goal, stood, 5, 2), release, EN)
    assert drawn.bar is not None and drawn.mark is not None
    assert drawn.bar / drawn.mark == pytest.approx(30 / 40)
    assert drawn.mark <= 1
    assert drawn.count == "5 KPIs serve it, 2 off course"


def test_a_negative_score_has_a_bar_that_begins_at_the_lowest_score(release: Release) -> None:
    goal = release.strategy.goals[0]
    stood = replace(at(release, "tnps", Standing.OFF, row(-20, 5)), target=20.0)
    drawn = card(GoalStand(goal, stood, 1, 1), release, EN)
    assert drawn.bar is not None and drawn.mark is not None
    assert drawn.bar / drawn.mark == pytest.approx(80 / 120)


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ({"by": "agent"}, True),
        ({"by": "channel,team"}, True),
        ({"by": "nhân viên"}, True),
        ({"agent_id": "NV-0001"}, True),
        ({"segment": "supervisor"}, True),
        ({"kpi": "friendly_staff"}, False),
        ({"by": "channel", "period": "2025-Q4", "stage": "support"}, False),
        ({"utm_source": "mail"}, False),
    ],
)
def test_the_address_is_searched_for_staff(query: dict[str, str], people: bool, release: Release) -> None:
    assert asks_for_people(query, release.strategy) is people


def test_language_is_asked_then_the_browser_then_vietnamese() -> None:
    offered = ("vi", "en")
    assert language({"lang": "en"}, "vi-VN", offered) == "en"
    assert language({"lang": "xx"}, "en-GB", offered) == "en"
    assert language({}, "fr", offered) == "vi"
    assert language({}, None, ("en",)) == "en"
    assert language({"lang": "vi"}, "vi", ("en",)) == "en"


def test_an_address_is_relative_and_quoted() -> None:
    assert href("kpi", {"lang": "vi", "x": "a&b=c"}) == "kpi?lang=vi&x=a%26b%3Dc"
    assert href("strategy", {}) == "."


def test_text_is_escaped_and_composed() -> None:
    assert esc("<b>&\"'") == "&lt;b&gt;&amp;&quot;&#x27;"
    assert esc("E\u0302\u0301") == "\u1ebe"


def test_a_target_in_the_past_is_still_said_with_its_month(release: Release) -> None:
    found = made(release, Standing.OFF, 39, 33)
    assert found.at is not None and found.at.aim is not None
    assert found.at.aim.by == date(2026, 12, 31)
    assert "by Dec 2026" in evidence(found, release, EN)
