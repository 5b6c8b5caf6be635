"""Publishing twice: what was told before and what is told now, looked at together as by a reader who kept both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from metrics.__main__ import app
from metrics.build import build
from metrics.release import Release
from tests.attacks.captured import Said, released
from tests.attacks.conftest import LARGEST, WORLDS, Tell
from tests.attacks.differencing import audit
from tests.attacks.test_cell_rule import CSAT, TEAM, answers, contacts, even
from tests.attacks.worlds import SAME_THING, VIEWS, strategy_text, world
from tests.build.small import STRATEGY, Row, write_company

RUN = CliRunner()
pytestmark = pytest.mark.xfail(
    "publish" not in {c.name for c in app.registered_commands}, reason="publish and ledger", strict=False
)


def published(strategy: Path, sources: Path, out: Path) -> list[Said]:
    """Build, publish, and what a reader then has."""
    build(strategy, sources, out)
    done = RUN.invoke(app, ["publish", "--release", str(out), "--strategy", str(strategy), "--sources", str(sources)])
    assert done.exit_code == 0, done.output + str(done.exception)
    release = Release(out)
    said = released(release)
    release.close()
    return said


def kept(first: list[Said], second: list[Said]) -> list[Said]:
    """Both together, what they say alike once."""
    return list({(s, tuple(sorted(s.sums.items()))): s for s in (*first, *second)}.values())


@pytest.mark.parametrize("how", ["added", "instead"])
@pytest.mark.parametrize("seed", range(WORLDS))
def test_other_views_after_publishing_isolate_nobody(seed: int, how: str, tmp_path: Path, tell: Tell) -> None:
    """A strategy that cuts the same blocks otherwise, or more, published second."""
    made = world(seed, tmp_path, min(LARGEST, 600))
    first = published(made.strategy, made.sources, tmp_path / "release.duckdb")
    before, after = VIEWS[seed % len(VIEWS)], VIEWS[(seed + 3) % len(VIEWS)]
    cuts = tuple(dict.fromkeys((*before, *after))) if how == "added" else after
    text = made.strategy.read_text(encoding="utf-8")
    new = strategy_text(cuts, {"stage": (), "channel": (), "segment": (), "region": ()})
    views = new[new.index("views:\n") : new.index("kpis:\n")]
    text = text[: text.index("views:\n")] + views + text[text.index("kpis:\n") :]
    made.strategy.write_text(text, encoding="utf-8")
    second = published(made.strategy, made.sources, tmp_path / "release.duckdb")
    both = kept(first, second)
    found = audit(both, made.rows, made.universe, SAME_THING, calculator=False)
    tell(worlds_published_twice=1, numbers_kept=len(both), isolating_combinations=len(found.leaks))
    assert not found.leaks, f"\n{found}"
    assert not found.dominated, f"\n{found}"


def two_channels() -> list[Row]:
    return contacts("hotline", even(TEAM, 30)) + contacts("store", even(TEAM, 30), 1000)


def test_a_corrected_file_that_takes_one_person_away_changes_nothing(tmp_path: Path) -> None:
    """The difference of the two would be that person."""
    rows = two_channels()
    strategy, sources = write_company(tmp_path, {"contacts": rows})
    out = tmp_path / "release.duckdb"
    before = published(strategy, sources, out)
    write_company(tmp_path, {"contacts": [r for r in rows if r["agent"] != TEAM[0]]})
    assert told(published(strategy, sources, out)) == told(before) and before


def told(said: list[Said]) -> dict[Said, dict[str, float]]:
    return {s: dict(s.sums) for s in said}


def test_late_rows_of_one_person_and_a_new_view_isolate_nobody(tmp_path: Path) -> None:
    """Five contacts of one person come late. What was published stands; a view that is new would count them."""
    rows, late = two_channels(), contacts("hotline", {TEAM[2]: 5}, 3000)
    strategy, sources = write_company(tmp_path, {"contacts": rows, "answers": answers(rows)})
    out = tmp_path / "release.duckdb"
    before = published(strategy, sources, out)
    view = "  - {id: by_touchpoint, dimensions: [touchpoint], question: Where?}\n"
    text = STRATEGY.replace("  - {id: by_channel,", f"{view}  - {{id: by_channel,")
    write_company(tmp_path, {"contacts": rows + late, "answers": answers(rows + late)}, strategy=text)
    after = published(strategy, sources, out)
    looked_at(before, after, rows, late)


def looked_at(before: list[Said], after: list[Said], rows: list[Row], late: list[Row]) -> None:
    """Audit both together, each number over the rows that it counts: those of the first file, or of both."""
    frame = pd.DataFrame(rows + late)
    frame["month"], frame["who"] = frame["at"].str[:7], [frozenset({a}) for a in frame["agent"]]
    frame["came"] = ["first"] * len(rows) + ["late"] * len(late)
    counts = {metric: np.ones(len(frame), bool) for metric in ("complaint_rate", CSAT)}
    old = told(before)
    both = []
    for s in kept(before, after):
        if s.metric in counts:
            came = ("first",) if old.get(s) == s.sums else ("first", "late")
            both.append(Said(s.metric, s.period, (*s.dims, ("came", came)), s.sums))
    assert both
    found = audit(both, frame, counts)
    assert not found.leaks, f"\n{found}"


@pytest.mark.parametrize("grain", ["month", "half"])
def test_published_months_grouped_anew_isolate_nobody(tmp_path: Path, grain: str) -> None:
    """Quarters published with one partner for the small team, then blocks of another length with another partner."""
    rows = contacts("hotline", even(TEAM[:5], 30)) + contacts("facebook", even(["O.", "P.", "Q."], 12), 500)
    rows += contacts("store", even(TEAM, 30), 1000) + contacts("website", even(TEAM[:6], 8), 2000)
    tables = {"contacts": rows, "answers": answers(rows)}
    out = tmp_path / "release.duckdb"
    before = published(*write_company(tmp_path, tables), out)
    text = STRATEGY.replace("grain: quarter", f"grain: {grain}").replace("pool_with: website", "pool_with: hotline")
    strategy, sources = write_company(tmp_path, tables, strategy=text)
    looked_at(before, published(strategy, sources, out), rows, [])
