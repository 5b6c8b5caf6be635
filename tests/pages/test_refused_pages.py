"""Refusals on pages: one card for what is unknown or not cleared, one for people; each counted once, by kind alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser

from metrics.chance import gap
from metrics.errors import Refused
from metrics.headlines import no_scorecards as texts
from metrics.refusals import reason, way_out
from metrics.release import Release
from metrics.strategy.load import load
from metrics.strategy.model import Strategy
from metrics.tally import count, counted
from metrics.words import Words
from tests.invented import invent
from tests.pages.looking import Look
from tests.pages.serving import ROOT, Served, serve

EN, VI = Words("en"), Words("vi")
BROWSER = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def mine(invented: Path, tmp_path: Path) -> Path:
    path = tmp_path / "release.duckdb"
    copy(invented, path)
    return path


@pytest.fixture
def served(mine: Path, tmp_path: Path) -> Iterator[Served]:
    with serve(tmp_path, mine) as found:
        yield found


def lines(look: Look) -> list[str]:
    return [line.strip() for line in look.main.splitlines() if line.strip()]


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_refusals_are_constant_and_counted_once_for_each_address(served: Served, mine: Path, browser: Browser) -> None:
    with Look(browser, served.url) as look:
        first = lines(look.open("/kpi?lang=en&kpi=no_such_kpi"))
        assert first == [
            reason(Refused.NOT_CLEARED, EN),
            way_out(Refused.NOT_CLEARED, EN),
            "See all KPIs",
            "Back to the strategy",
        ]
        look.page.get_by_text("Tiếng Việt", exact=True).click()
        look.page.wait_for_url("**lang=vi**")
        assert look.drawn() and lines(look)[0] == reason(Refused.NOT_CLEARED, VI)
        assert lines(look.open("/kpi?lang=en&kpi=Nguyen%20Van%20A")) == first
        person = lines(look.open("/journey?lang=en&agent=NV-1"))
        assert lines(look.open("/tree?lang=en&by=team")) == person
        assert person[0] == reason(Refused.PERSON, EN)
        assert person[-1] == "Open the KPI tree" and {"Open the journey", "Open loyalty drivers"} <= set(person)
        found = counted(mine)
        assert found is not None and {k: n for k, n in found.items() if n} == {
            Refused.NOT_CLEARED: 2,
            Refused.PERSON: 2,
        }
        look.open("/no_scorecards?lang=en").fine("en")
        assert "2\na result by person, team or shift".replace("\n", "") in look.main.replace("\n", "").replace(
            " a r", "a r"
        )
    assert "Nguyen" not in served.log and "NV-1" not in served.log


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_page_says_what_is_promised_and_what_is_not(lang: str, shared: Served, browser: Browser) -> None:
    w = Words(lang)
    with Look(browser, shared.url).open(f"/no_scorecards?lang={lang}") as look:
        look.fine(lang)
        release = Release(shared_release(shared))
        for text in (*texts.promises(release, w), *texts.limits(w), texts.refusals_title(w)):
            assert text in look.main
        for head, text in texts.why(release, w):
            assert head in look.main and " ".join(text.split()) in " ".join(look.main.split())
        release.close()


def shared_release(served: Served) -> Path:
    environment = Path(f"/proc/{served.pid}/environ").read_bytes().split(b"\0")
    return Path(next(e for e in environment if e.startswith(b"CX_RELEASE=")).split(b"=", 1)[1].decode())


# ── The sentences ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    found = load(ROOT / "strategy.yaml").strategy
    assert found is not None
    return found


@pytest.fixture
def release(invented: Path) -> Iterator[Release]:
    found = Release(invented)
    yield found
    found.close()


def test_the_picture_is_of_the_companys_own_shares_and_answers(release: Release) -> None:
    found = texts.by_chance(release)
    assert found.own and found.period is not None and found.n is not None
    assert found.chance.people == 20 and found.chance.answers == min(20, found.n // 20)
    assert found.many < found.chance.gap
    notes = " ".join(texts.chance_notes(found, EN))
    assert f"With 100 answers each they would still be {found.many} points apart." in notes
    assert "how many people work here is not told" in notes


@pytest.mark.parametrize(("monthly", "each"), [(158, 7), (399, 19), (400, 20), (9000, 20)])
def test_answers_each_follow_from_the_published_n_and_never_from_staff(
    strategy: Strategy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, monthly: int, each: int
) -> None:
    """Twenty is the number of imagined people whatever the company; its own n is a published total."""
    import tests.invented as make

    monkeypatch.setattr(
        make,
        "_draw",
        lambda rng, names, size, month: (
            dict.fromkeys(names, 0.0) | {"n": float(monthly), "promoters": monthly * 0.45, "detractors": monthly * 0.21}
        ),
    )
    release = Release(invent(strategy, tmp_path / "release.duckdb"))
    found = texts.by_chance(release)
    release.close()
    assert (found.n, found.period, found.chance.answers) == (monthly, "2026-03", each)
    assert found.chance.gap == gap(0.45, 0.21, 20, each)
    if each == 20:
        assert found.chance.gap == 65


def test_a_company_with_too_few_answers_a_month_takes_a_longer_period(
    strategy: Strategy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tests.invented as make

    monkeypatch.setattr(
        make,
        "_draw",
        lambda rng, names, size, month: dict.fromkeys(names, 0.0) | {"n": 40.0, "promoters": 20.0, "detractors": 8.0},
    )
    release = Release(invent(strategy, tmp_path / "release.duckdb"))
    found = texts.by_chance(release)
    release.close()
    assert (found.n, found.period, found.chance.answers) == (120, "2026-Q1", 6)


def test_without_a_score_of_its_own_the_reference_stands_in(strategy: Strategy, tmp_path: Path) -> None:
    raw = strategy.model_dump(mode="json")
    for kpi in raw["kpis"]:
        if kpi["metric"] == "nps":
            kpi["metric"], kpi["of"] = "csat", {"question": "csat"}
    release = Release(invent(Strategy.model_validate(raw), tmp_path / "release.duckdb"))
    found = texts.by_chance(release)
    release.close()
    assert not found.own and found.n is None and (found.chance.answers, found.chance.gap) == (20, 65)
    assert "same true score of +24" in texts.chance_line(found, EN)


def test_a_release_without_staff_promises_nothing_about_them(
    strategy: Strategy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sources may say that nobody handled anything; then no number was held against a rule about staff."""
    monkeypatch.setattr("tests.invented.STAFFED", ())
    release = Release(invent(strategy, tmp_path / "release.duckdb"))
    said = texts.promises(release, EN)
    release.close()
    assert "name no staff at all" in said[0] and not any("members of staff" in line for line in said)


def test_tightened_floors_are_told_and_the_proof_keeps_its_own(strategy: Strategy, tmp_path: Path) -> None:
    raw = strategy.model_dump(mode="json")
    raw["disclosure"] |= {
        "min_staff": 8,
        "max_share": 0.3,
        "max_two": 0.5,
        "min_customers": 25,
        "max_customer_share": 0.2,
    }
    release = Release(invent(Strategy.model_validate(raw), tmp_path / "release.duckdb"))
    said = texts.promises(release, EN)
    release.close()
    assert "fewer than 5 members of staff" in said[0] and "sum or difference" in said[0]
    assert "at least 8 members of staff" in said[2] and "30%" in said[2] and "50%" in said[2]
    assert "25 customers" in said[3] and "20%" in said[3]


def test_refusals_that_cannot_be_counted_are_said_to_be_so(mine: Path) -> None:
    release = Release(mine)
    assert [name for _, name in texts.refusals(release, EN)[1]] == [
        "a result by person, team or shift",
        "something not declared, or not cleared",
    ]
    assert count(mine, Refused.TOO_FEW)
    assert texts.refusals(release, EN)[1][2] == ("1", "a ranking of drivers from too few answers")
    mine.with_name(mine.name + ".refusals").write_bytes(b"no database" * 50)
    text, rows = texts.refusals(release, EN)
    assert rows == [] and text.startswith("Refusals are not counted here")
    release.close()
