"""Real files that nobody here wrote, with agents, supervisors and managers in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metrics.answers import Grain, Request, ask, views_of
from metrics.build import build
from metrics.errors import DataError, Refusal, Refused
from metrics.release import Release
from metrics.strategy.load import load
from tests.attacks.captured import Said, released
from tests.attacks.conftest import Tell
from tests.attacks.differencing import audit
from tests.attacks.oracles import canaries, layers
from tests.attacks.standing import faults
from tests.attacks.walk import texts
from tests.build.small import STRATEGY

pytestmark = pytest.mark.real
TODAY = pytest.mark.xfail(strict=False, reason="joint test")
CSAT = "csat(question=csat)"
SHOPZILLA = """as_of: 2023-09-05
files:
  - file: {file}
    tables:
      - table: contacts
        columns: {{contact_id: Unique id, opened: Issue_reported at, channel: {channel}, topic: category,
          staff: Agent_name}}
        formats: {{opened: "%d/%m/%Y %H:%M"}}
      - table: answers
        columns: {{contact_id: Unique id, score: CSAT Score}}
        constants: {{question: csat}}
    workforce: [{workforce}]
traits: {{contacts: {{no_staff: false}}}}
"""
PWC = """as_of: 2021-04-10
files:
  - file: {file}
    tables:
      - table: contacts
        columns: {{contact_id: Call Id, opened: Date, topic: Topic, resolved: Resolved, staff: Agent}}
        values: {{resolved: {{yes: [Y], no: [N]}}}}
      - table: answers
        where_present: Satisfaction rating
        columns: {{contact_id: Call Id, score: Satisfaction rating}}
        constants: {{question: csat}}
"""
TOPICS = ("Contract related", "Technical Support", "Payment related", "Admin Support", "Streaming")


def strategy(folder: Path, views: str, dimension: str, grain: str = "month") -> Path:
    """A strategy that cuts by this dimension."""
    text = STRATEGY.replace("  - {id: waited,", f"{dimension}  - {{id: waited,")
    text = text.replace("  - {id: by_channel,", f"{views}  - {{id: by_channel,").replace(
        "grain: quarter", f"grain: {grain}"
    )
    (folder / "strategy.yaml").write_text(text, encoding="utf-8")
    return folder / "strategy.yaml"


def topics() -> tuple[str, str]:
    values = ", ".join(f"{{id: {t.split()[0].lower()}, name: {t}, matches: [{t}]}}" for t in TOPICS)
    return (
        "  - {id: by_topic, dimensions: [topic], question: About?}\n",
        f"  - {{id: topic, name: Topic, values: [{values}]}}\n",
    )


def test_shopzilla_names_no_agent_supervisor_or_manager(shared: Path, tmp_path: Path, tell: Tell) -> None:
    file = shared / "shopzilla" / "shopzilla_csat_agents_first45.csv"
    people = pd.read_csv(file)
    names = {n for c in ("Agent_name", "Supervisor", "Manager") for n in people[c].dropna()}
    sources = tmp_path / "sources.yaml"
    text = SHOPZILLA.format(file=file, channel="channel_name", workforce="Supervisor, Manager, Agent Shift")
    sources.write_text(text, encoding="utf-8")
    out = tmp_path / "out" / "release.duckdb"
    build(strategy(tmp_path, "", "", "quarter"), sources, out)
    known = canaries(names)
    assert len(names) > 60 and not [p.name for p in out.parent.iterdir() if known.in_bytes(p.read_bytes())]
    assert known.in_bytes(file.read_bytes()), "they are in the file that was read"
    release = Release(out)
    answers = [ask(release, Request("happy", grain=g)) for g in Grain]
    assert not known.in_text("\n".join(texts([release, answers])))
    for word in ("agent", "supervisor", "manager", "Agent Shift", "Tenure Bucket"):
        with pytest.raises(Refusal) as caught:
            ask(release, Request("happy", by=(word,)))
        assert caught.value.kind is (Refused.NOT_CLEARED if word.startswith("Tenure") else Refused.PERSON)
    tell(real_people_looked_for=len(names), leaks=0)
    release.close()


@pytest.mark.parametrize("column", ["Manager", "Supervisor", "Agent Shift", "Agent_name"])
def test_shopzilla_managers_are_no_dimension(shared: Path, tmp_path: Path, column: str) -> None:
    """Four managers have five agents or more, and it makes no difference: a team is its leader."""
    file = shared / "shopzilla" / "shopzilla_csat_agents_first45.csv"
    sources = tmp_path / "sources.yaml"
    rest = [c for c in ("Supervisor", "Manager", "Agent Shift") if c != column]
    text = SHOPZILLA.format(file=file, channel=column, workforce=", ".join(rest))
    sources.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="nothing can be cut by it"):
        build(strategy(tmp_path, "", "", "quarter"), sources, tmp_path / "release.duckdb")
    assert not (tmp_path / "release.duckdb").exists()
    name = column.lower().replace(" ", "_")
    path = strategy(tmp_path, f"  - {{id: by_it, dimensions: [{name}], question: Who?}}\n", "")
    assert load(path).strategy is None


@pytest.fixture(scope="module")
def calls(shared: Path) -> pd.DataFrame:
    rows = pd.read_excel(shared / "pwc" / "01 Call-Center-Dataset.xlsx")
    rows["month"] = pd.to_datetime(rows["Date"]).dt.strftime("%Y-%m")
    rows["topic"] = rows["Topic"].str.split().str[0].str.lower()
    rows["who"] = [frozenset({a}) for a in rows["Agent"]]
    rows["customer"] = ""
    return rows


@TODAY
def test_pwc_calls_of_eight_agents_are_told_by_topic_as_the_rule_says(
    shared: Path, tmp_path: Path, calls: pd.DataFrame, tell: Tell
) -> None:
    file = shared / "pwc" / "01 Call-Center-Dataset.xlsx"
    sources = tmp_path / "sources.yaml"
    sources.write_text(PWC.format(file=file), encoding="utf-8")
    views, dimension = topics()
    out = tmp_path / "out" / "release.duckdb"
    build(strategy(tmp_path, views, dimension), sources, out)
    release = Release(out)
    said = [s for s in released(release) if s.metric == CSAT]
    counts = {CSAT: calls["Satisfaction rating"].notna().to_numpy()}
    assert {len(s.dims) for s in said} == {0, 1} and {s.period for s in said} >= {"2021-01", "2021-02", "2021-03"}
    assert faults(said, calls, counts) == []
    found = audit(said, calls, counts)
    assert not found.leaks, f"\n{found}"
    agents = set(calls["Agent"])
    assert len(agents) == 8
    data = b"\n".join(layers(out.read_bytes()))
    assert not [a for a in agents if len(a) >= 6 and a.encode() in data]
    assert views_of(release, "happy")
    release.close()
    tell(real_numbers=len(said), agents=8)


def test_pwc_agents_make_a_leak_where_each_topic_is_told(calls: pd.DataFrame) -> None:
    """The same calls with every agent's topic told: the auditor finds them all."""
    counts = {CSAT: calls["Satisfaction rating"].notna().to_numpy()}
    rows = calls.assign(agent=calls["Agent"])
    one = sorted(set(rows["agent"]))[:3]
    january = (rows["month"] == "2021-01").to_numpy() & counts[CSAT]
    whole = Said(CSAT, "2021-01", (), {"n": float(january.sum())})
    rest = [a for a in sorted(set(rows["agent"])) if a not in one]
    n = float((january & rows["agent"].isin(rest).to_numpy()).sum())
    found = audit([whole, Said(CSAT, "2021-01", (("agent", tuple(rest)),), {"n": n})], rows, counts)
    assert found.leaks and found.leaks[0].staff == tuple(one)
    assert np.isclose(found.leaks[0].rows, january.sum() - n)
