"""The cell rule from outside: every published number of every company is held against a second writing of it.

And companies made for one trick each: a denominator of one person, ghosts beside a busy one, results that are the same
for all, four people, nobody, and teams whose work is told apart by a second cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from metrics.answers import Grain, Request, Status, ask
from metrics.build import build
from metrics.release import Release
from tests.attacks.captured import Said, released
from tests.attacks.conftest import Tell
from tests.attacks.differencing import audit
from tests.attacks.planted import threshold_of_five
from tests.attacks.standing import UNKNOWN, faults, staff_broken
from tests.attacks.worlds import World
from tests.build.small import STRATEGY, Row, write_company

CSAT = "csat(question=csat)"


@pytest.fixture(scope="module")
def numbers(release_file: Path) -> Iterator[list[Said]]:
    release = Release(release_file)
    yield released(release)
    release.close()


def test_every_number_meets_the_rule(company: World, numbers: list[Said], tell: Tell) -> None:
    found = faults(numbers, company.rows, company.universe)
    tell(numbers_held_against_the_rule=len(numbers), broken=len(found))
    assert found == []


def test_a_looser_rule_is_seen(company: World, tmp_path: Path) -> None:
    release = Release(threshold_of_five(company, tmp_path / "p.duckdb", least=4))
    assert faults(released(release), company.rows, company.universe)
    release.close()


def test_the_second_writing_by_hand() -> None:
    def who(**rows: int) -> list[frozenset[str] | None]:
        return [frozenset({p}) for p, n in rows.items() for _ in range(n)]

    assert staff_broken(who(a=2, b=2, c=2, d=2, e=2)) is None
    assert staff_broken(who(a=2, b=2, c=2, d=2)) == "4 known staff"
    assert staff_broken([*who(a=2, b=2, c=2, d=2), frozenset({UNKNOWN})]) == "4 known staff"
    assert staff_broken([*who(a=2, b=2, c=2, d=2, e=2), *[frozenset({UNKNOWN})] * 9]) == "one person has 9 of 19 rows"
    assert staff_broken([*who(a=6, b=1, c=1, d=1, e=1), *[None] * 90]), "rows nobody handled thin out nobody"
    assert staff_broken(who(a=8, b=8, c=2, d=1, e=1)) == "two people have 16 of 20 rows"
    assert staff_broken([None] * 3) is None


# ── Companies made for one trick each ──

TEAM = [f"Trần {x} Canary" for x in ("Ánh", "Bình", "Cúc", "Dung", "Giang", "Hà", "Khoa", "Liên")]


def contacts(channel: str, people: dict[str, int], start: int = 0, **more: Any) -> list[Row]:
    """One quarter's contacts of a channel: person -> how many rows. '' is nobody known."""
    work = [who for who, n in people.items() for _ in range(n)]
    return [
        {
            "contact": f"PH-{channel}-{start + i:05d}", "customer": f"KH-{(start + i) % 211:05d}",
            "at": f"2026-0{1 + i % 3}-{i % 27 + 1:02d} 10:00", "stage": "support", "touchpoint": "hotline_call",
            "channel": channel, "agent": who or None, "complaint": "yes" if (i * 13) % 5 == 0 else "no",
            "repeated": "no", **more,
        }
        for i, who in enumerate(work)
    ]  # fmt: skip


def answers(rows: list[Row], score: int | None = None) -> list[Row]:
    """A score for each contact; the same for all, or going round."""
    return [
        {"response": f"R-{r['contact']}", "contact": r["contact"], "question": "csat", "score": score or 1 + i * 7 % 5}
        for i, r in enumerate(rows)
    ]


def even(people: list[str], n: int) -> dict[str, int]:
    return dict.fromkeys(people, n)


def told(folder: Path, rows: list[Row], said: list[Row], strategy: str = STRATEGY) -> tuple[list[Said], pd.DataFrame]:
    """What the build publishes of these contacts and answers, and the rows as the auditor knows them."""
    orders = [
        {"order": f"DH-{i:04d}", "customer": f"KH-{i % 211:05d}", "at": "2026-01-02", "channel": "store", "amount": 5}
        for i in range(60)
    ]
    out = folder / "release.duckdb"
    build(*write_company(folder, {"orders": orders, "contacts": rows, "answers": said}, strategy=strategy), out)
    release = Release(out)
    found = [s for s in released(release) if s.metric in ("complaint_rate", CSAT)]
    release.close()
    frame = pd.DataFrame(rows)
    frame["month"] = frame["at"].str[:7]
    frame["who"] = [frozenset({a}) if isinstance(a, str) else frozenset({UNKNOWN}) for a in frame["agent"]]
    frame["answered"] = frame["contact"].isin({a["contact"] for a in said})
    return found, frame


def rule(found: list[Said], frame: pd.DataFrame) -> list[str]:
    return faults(found, frame, {"complaint_rate": np.ones(len(frame), bool), CSAT: frame["answered"].to_numpy()})


def test_a_denominator_of_one_person_has_no_number(tmp_path: Path) -> None:
    """Eight people handle contacts, but only Ánh's customers answered."""
    rows = contacts("store", even(TEAM, 20)) + contacts("hotline", even(TEAM, 20))
    found, frame = told(tmp_path, rows, answers([r for r in rows if r["agent"] == TEAM[0]]))
    assert {s.metric for s in found} == {"complaint_rate"}
    assert rule(found, frame) == []


@pytest.mark.parametrize("ghosts", [4, 12])
def test_ghosts_beside_a_busy_person_do_not_make_five(tmp_path: Path, ghosts: int) -> None:
    busy = {"Trần Một Mình": 96, **even([f"Ma {i:02d} Canary" for i in range(ghosts)], 1)}
    rows = contacts("hotline", busy) + contacts("store", even(TEAM, 40))
    found, frame = told(tmp_path, rows, answers(rows))
    assert found and rule(found, frame) == []
    assert not [s for s in found if dict(s.dims).get("channel") == ("hotline",)]


def test_a_result_that_is_the_same_for_all_is_not_told(tmp_path: Path) -> None:
    same, mixed = contacts("hotline", even(TEAM, 15)), contacts("store", even(TEAM, 15))
    found, frame = told(tmp_path, same + mixed, answers(same, score=5) + answers(mixed))
    assert found and rule(found, frame) == []
    assert not [s for s in found if s.metric == CSAT and dict(s.dims).get("channel") == ("hotline",)]


COMPANIES = {
    "four people": even(TEAM[:4], 60),
    "five, one of whom does 96 %": {TEAM[0]: 240, **even(TEAM[1:5], 3)},
    "two who do three quarters and more": {TEAM[0]: 100, TEAM[1]: 95, **even(TEAM[2:6], 10)},
    "all unknown": {"": 240},
    "four people and many unknown": {"": 90, **even(TEAM[:4], 40)},
}


@pytest.mark.parametrize("which", COMPANIES)
def test_too_few_people_have_no_number_at_all(tmp_path: Path, which: str) -> None:
    rows = contacts("store", COMPANIES[which])
    found, _ = told(tmp_path, rows, answers(rows))
    assert found == []


def test_five_people_who_share_the_work_have_one(tmp_path: Path) -> None:
    rows = contacts("store", even(TEAM[:5], 48))
    found, frame = told(tmp_path, rows, answers(rows))
    assert {s.metric for s in found} == {"complaint_rate", CSAT} and rule(found, frame) == []


def test_work_that_nobody_did_is_told_without_staff(tmp_path: Path) -> None:
    rows = contacts("website", {"": 240}, touchpoint="checkout", stage="buy")
    found, _ = told(tmp_path, rows, answers(rows))
    assert {s.metric for s in found} == {"complaint_rate", CSAT}


def test_a_kpi_filtered_to_a_team_of_three_is_withheld(tmp_path: Path) -> None:
    """Two KPIs of one metric that differ by a filter: the difference would be the team."""
    small = "  - id: mail\n" + STRATEGY.partition("  - id: complaints\n")[2].partition("  - id: happy\n")[0]
    small = small.replace("name: complaints", "name: mail")
    small += "    scope: {view: by_channel, where: {channel: [facebook]}}\n"
    text = STRATEGY.replace("  - id: happy\n", f"{small}  - id: happy\n")
    rows = contacts("store", even(TEAM, 20)) + contacts("facebook", even(["Oanh C.", "Phúc C.", "Quý C."], 30), 1000)
    found, frame = told(tmp_path, rows, answers(rows), text)
    assert rule(found, frame) == []
    release = Release(tmp_path / "release.duckdb")
    for grain in Grain:
        for row in ask(release, Request("mail", grain=grain)).rows:
            assert row.status is Status.WITHHELD or row.n != 90
    release.close()


def test_two_cuts_of_the_same_people_are_not_subtracted(tmp_path: Path) -> None:
    """Channel hotline less touchpoint call is what one person did at the counter, though each has its five."""
    text = STRATEGY.replace(
        "  - {id: by_channel,",
        "  - {id: by_touchpoint, dimensions: [touchpoint], question: Where?}\n  - {id: by_channel,",
    )
    rows = contacts("hotline", even(TEAM[:5], 30)) + contacts(
        "hotline", {"Một Người Canary": 25}, 500, touchpoint="till", stage="buy"
    )
    rows += contacts("store", even(TEAM, 30), 1000, touchpoint="till", stage="buy")
    found, frame = told(tmp_path, rows, answers(rows), text)
    assert rule(found, frame) == []
    counts = {"complaint_rate": np.ones(len(frame), bool), CSAT: frame["answered"].to_numpy()}
    seen = audit(found, frame, counts)
    assert not seen.leaks, f"\n{seen}"


def test_a_company_declared_to_have_no_staff_is_told_by_the_customer_rule(tmp_path: Path) -> None:
    rows = contacts("store", {"": 200})
    tables = {"contacts": rows, "answers": answers(rows)}
    strategy, sources = write_company(tmp_path, tables, traits="{contacts: {no_staff: true}}")
    text = sources.read_text(encoding="utf-8").replace(", staff: [agent, second]", "")
    sources.write_text(text, encoding="utf-8")
    file = tmp_path / "contacts.csv"
    file.write_text(file.read_text("utf-8").replace("agent,second", "note,remark"), encoding="utf-8")
    build(strategy, sources, tmp_path / "release.duckdb")
    release = Release(tmp_path / "release.duckdb")
    assert [s for s in released(release) if s.metric == "complaint_rate" and not s.dims]
    release.close()
