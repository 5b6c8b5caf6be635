"""The demo company in small, built twice: in January with one definition, in April with another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from metrics.build import build
from metrics.demo import generate
from metrics.release import Release
from metrics.strategy.model import Strategy
from metrics.strategy.yaml import read_yaml
from tests.conftest import ROOT, once

TEXT = (ROOT / "strategy.yaml").read_text(encoding="utf-8")


def edited(*changes: tuple[str, str], text: str = TEXT) -> str:
    """The demo strategy with these texts replaced; each must stand in it."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


#: A renamed KPI whose formula and target changed too; everything that refers to it follows.
RENAMED = edited(
    ("first_reply_2h", "first_reply_4h"),
    ("of: {hours: 2}", "of: {hours: 4}"),
    ("First reply within 2 hours", "First reply within 4 hours"),
    ("Trả lời đầu tiên trong 2 giờ", "Trả lời đầu tiên trong 4 giờ"),
    ("{by: 2026-12-31, value: 82}", "{by: 2026-12-31, value: 93}"),
)


@dataclass(frozen=True)
class Built:
    """Paths: of the older release, and of newer ones by name."""

    folder: Path

    def open(self, name: str) -> Release:
        return Release(self.folder / f"{name}.duckdb")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Built]:
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "twice"

    def make() -> None:
        generate(folder, scale=0.2)
        sources = (folder / "sources.yaml").read_text(encoding="utf-8")
        for name, text, as_of in (("old", few(TEXT), "2026-01-06"), ("renamed", few(RENAMED), "2026-04-06")):
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
            dated = re.sub(r"as_of: .*", f"as_of: {as_of}", sources, count=1)
            (folder / f"{name}.sources.yaml").write_text(dated, encoding="utf-8")
            build(folder / f"{name}.yaml", folder / f"{name}.sources.yaml", folder / f"{name}.duckdb")

    once(folder, make)
    yield Built(folder)


#: KPIs that the tests look at, and what they are driven by.
KEPT = {
    "return_90",
    "tnps",
    "invited",
    "on_time",
    "on_time_central",
    "fcr",
    "first_reply_2h",
    "first_reply_4h",
    "reopened",
}
VIEWS = {"by_channel", "by_region"}


def few(text: str) -> str:
    """The strategy with a third of its KPIs and views, since two builds of the whole would take most of the time."""
    data, _, findings = read_yaml(text, "strategy.yaml")
    assert not findings and isinstance(data, dict)
    strategy = Strategy.model_validate(data)
    kept = {k.id for k in strategy.kpis} & KEPT
    raw = strategy.model_dump(mode="json")
    raw["kpis"] = [k for k in raw["kpis"] if k["id"] in kept]
    for kpi in raw["kpis"]:
        kpi["drives"] = [d for d in kpi["drives"] if d["kpi"] in kept]
        kpi["counter"] = kpi["counter"] if kpi["counter"] in kept else None
    served = {k["goal"] for k in raw["kpis"]}
    raw["goals"] = [{**g, "kpi": None} for g in raw["goals"] if g["id"] in served]
    raw["journey"] = [{**s, "volume": s["volume"] if s["volume"] in kept else None} for s in raw["journey"]]
    raw["loyalty"]["drivers"] = None
    raw["views"] = [v for v in raw["views"] if v["id"] in VIEWS]
    raw["actions"] = []
    events = [{**e, "kpis": [k for k in e["kpis"] if k in kept], "all": not e["kpis"]} for e in raw["events"]]
    raw["events"] = [{k: v for k, v in e.items() if k != "all"} for e in events if e["all"] or e["kpis"]]
    return json.dumps(_filled(raw), ensure_ascii=False)


def _filled(value: Any) -> Any:
    """Without what is left open: a file does not say null."""
    if isinstance(value, dict):
        return {k: _filled(v) for k, v in value.items() if v is not None}
    return [_filled(v) for v in value] if isinstance(value, list) else value
