"""Pages and addresses: every frame that reaches a reader is kept, decoded and searched; addresses are fuzzed; a page
that fails says nothing; sessions know nothing of each other; a real name and an invented one are one and the same."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from metrics.release import Release, write
from tests.attacks.canary import Company
from tests.attacks.captured import answered
from tests.attacks.conftest import Tell
from tests.attacks.frames import Reader, Seen, reading
from tests.attacks.oracles import Canaries, canaries
from tests.attacks.planted import copied
from tests.conftest import AUDIT, ROOT, Demo
from tests.pages.looking import PAGES
from tests.pages.serving import Served, serve

pytestmark = pytest.mark.xdist_group("addresses")
PLACES = tuple("" if page == "strategy" else page for page in PAGES)
MARK = "zq7xk"
"""Stands in everything that is typed and nowhere else."""
KEYS = (
    "lang", "period", "segment", "kpi", "stage", "by", "within", "view", "from", "to", "grain", "channel", "theme",
    "embed", "page", "sql", "where", "id", "q", "__proto__", "streamlit_exec", "release", "file", "strategy",
)  # fmt: skip
VALUES = tuple(
    form.replace("MARK", MARK)
    for form in (
        "MARK", "<script>MARK</script>", "<img src=x onerror=MARK()>", "[MARK](javascript:MARK)", "**MARK**",
        ":red[MARK]",
        "$$MARK$$", "' OR 1=1 -- MARK", '"; DROP TABLE number; --MARK', "../../../../etc/MARK", "..%2f..%2fMARK",
        "{{MARK}}", "${MARK}", "MARK\x00", "\u202eMARK", "MARK\u200b", "=cmd|MARK", "2025-Q4 MARK", "store MARK",
        "%(x)s %s MARK", "MARK" * 400, "MARK\r\nSet-Cookie: a=b", "ｚMARK",
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, canary: Company) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("attacked"), canary.release, canary.strategy) as found:
        yield found


def figures(seen: Seen) -> list[float]:
    """Every number of every chart, also those packed as base64 (plotly's bdata)."""
    found: list[float] = []
    kinds = {"f8": "<f8", "f4": "<f4", "i1": "i1", "i2": "<i2", "i4": "<i4", "u1": "u1", "u2": "<u2", "u4": "<u4"}

    def walk(thing: object) -> None:
        if isinstance(thing, dict):
            if "bdata" in thing and thing.get("dtype") in kinds:
                found.extend(
                    np.frombuffer(base64.b64decode(thing["bdata"]), kinds[thing["dtype"]]).astype(float).tolist()
                )
            for value in thing.values():
                walk(value)
        elif isinstance(thing, list):
            for value in thing:
                walk(value)
        elif isinstance(thing, int | float) and not isinstance(thing, bool):
            found.append(float(thing))

    for element in seen.elements("plotly_chart"):
        walk(json.loads(element.plotly_chart.spec))
    return found


def seen_of(reader: Reader, page: str, query: dict[str, str]) -> Seen:
    seen = reader.see(page, query)
    assert seen.exceptions == [] and len(seen.elements()) > 3
    return seen


def test_no_frame_holds_a_person(served: Served, canary: Company, tell: Tell) -> None:
    """Every page, in both languages, for every period and segment that a reader can choose."""
    known, frames, charts = canary.known, 0, 0
    release = Release(canary.release)
    kpis = [k.id for k in release.strategy.kpis]
    release.close()
    queries: list[dict[str, str]] = [{"lang": lang} for lang in ("en", "vi")]
    if AUDIT:
        queries += [{"lang": "en", "period": p} for p in ("2025-Q4", "2026-Q1", "2025", "all")]
        queries += [{"lang": "vi", "segment": s} for s in ("household", "business")]
        queries += [{"lang": "en", "kpi": k} for k in kpis]
        queries += [{"lang": "en", "stage": s} for s in ("buy", "support")]
    raw = []
    for page, query in product(PLACES, queries):
        with reading(served.url) as reader:
            seen = seen_of(reader, page, query)
        raw.append(seen.raw)
        frames += len(seen.frames)
        charts += len(seen.elements("plotly_chart"))
        assert not known.in_text("\n".join(seen.texts)), (page, query)
    assert charts >= 2 and not known.in_bytes(b"\n".join(raw))
    assert not known.in_text(served.log)
    tell(frames=frames, charts_decoded=charts, leaks=0)


def test_numbers_on_a_chart_are_released_ones(served: Served, canary: Company) -> None:
    """Of each chart of the KPI page the numbers decoded from its figure: what a person has is not among them."""
    rows = pd.read_csv(canary.folder / "contacts.csv")
    rows["quarter"] = pd.PeriodIndex(rows["at"].str[:7], freq="Q").astype(str)
    own = {
        round(100 * float(share), 9)
        for period in ("quarter",)
        for share in rows.assign(c=rows["complaint"] == "yes").groupby([period, "agent"])["c"].mean()
    }
    release = Release(canary.release)
    told = {round(100 * s.sums["complaints"] / s.sums["n"], 9) for _, s in answered(release) if "complaints" in s.sums}
    release.close()
    with reading(served.url) as reader:
        found = {round(x, 9) for x in figures(seen_of(reader, "kpi", {"lang": "en", "kpi": "complaints"}))}
    assert found & told, "the chart shows what was released"
    assert not (own - told) & found - set(range(101))


def test_what_is_planted_on_a_page_is_seen(canary: Company, tmp_path: Path) -> None:
    """A name as a value of the strategy in the release reaches the frames, and is found there."""
    tables = copied(canary.release)
    ((text,),) = tables["strategy"]
    tables["strategy"] = [(text.replace('"Hotline"', json.dumps(canary.staff[5], ensure_ascii=False)),)]
    write(tmp_path / "release.duckdb", tables)
    with serve(tmp_path, tmp_path / "release.duckdb", canary.strategy) as served, reading(served.url) as reader:
        seen = reader.see("kpi", {"lang": "en", "kpi": "complaints"})
        assert canary.known.in_bytes(seen.raw) or canary.known.in_bytes(reader.see("journey", {"lang": "en"}).raw)


def test_nothing_typed_into_an_address_comes_back(served: Served, tell: Tell) -> None:
    tries = list(product(PLACES, KEYS, VALUES))
    rng = np.random.default_rng(11)
    chosen = tries if AUDIT else [tries[i] for i in rng.choice(len(tries), 120, replace=False)]
    with reading(served.url) as reader:
        for page, key, value in chosen:
            seen = seen_of(reader, page, {key: value, "lang": "en"} if key != "lang" else {key: value})
            back = [t for t in seen.texts if MARK in t]
            assert not back, (page, key, value, back[:1])
    assert MARK not in served.log and "Traceback" not in served.log
    tell(addresses=len(chosen), echoes=0)


@pytest.mark.parametrize("key", ["staff", "agent", "by", "agent_id", "nhân viên", "team"])
def test_a_real_name_and_an_invented_one_are_answered_alike(served: Served, canary: Company, key: str) -> None:
    """Frame by frame, byte by byte, but for the session; on every page."""
    asks_for_people = key != "by"
    for page in PLACES if AUDIT else PLACES[:3]:
        drawn = []
        for name in (canary.staff[0], canary.staff[7], "Trần Không Có Ai 99", "x"):
            with reading(served.url) as reader:
                drawn.append(seen_of(reader, page, {"lang": "en", key: name}).drawn)
        names = drawn if asks_for_people else drawn[:3]
        assert all(d == names[0] for d in names)


@pytest.mark.parametrize("where", ["period", "segment", "kpi", "stage"])
def test_a_name_where_a_value_belongs_is_answered_alike(served: Served, canary: Company, where: str) -> None:
    for page in PLACES:
        drawn = []
        for name in (canary.staff[0], canary.staff[7], "Trần Không Có Ai 99"):
            with reading(served.url) as reader:
                drawn.append(seen_of(reader, page, {"lang": "en", where: name}).drawn)
        assert drawn[0] == drawn[1] == drawn[2]


def test_one_session_sees_nothing_of_another(served: Served) -> None:
    """What a page draws for one reader does not change by what others asked before, during or of it."""
    before = []
    for page in PLACES:
        with reading(served.url) as reader:
            before.append(seen_of(reader, page, {"lang": "en"}).drawn)
    with reading(served.url) as other:
        for page in PLACES:
            for query in (
                {"lang": "vi", "segment": "business"},
                {"period": "2025-Q4", "kpi": "happy"},
                {"staff": MARK},
            ):
                other.see(page, query)
        after = []
        for page in PLACES:
            with reading(served.url) as reader:
                after.append(seen_of(reader, page, {"lang": "en"}).drawn)
    assert before == after


def test_a_widget_takes_no_value_that_it_does_not_offer(served: Served, canary: Company) -> None:
    """Choices are closed lists; another one sent over the wire is neither taken nor said back."""
    for page in PLACES:
        with reading(served.url) as reader:
            first = seen_of(reader, page, {"lang": "en"})
            boxes = [e.selectbox for e in first.elements("selectbox")]
            options = [o for box in boxes for o in box.options]
            assert not canary.known.in_text("\n".join(options)) and len(options) < 200
            for value in (canary.staff[0], f"<b>{MARK}", "2099-Q1", "all' OR 1=1"):
                seen = reader.see(page, {"lang": "en"}, {box.id: value for box in boxes})
                assert not [t for t in seen.texts if MARK in t or canary.staff[0] in t]
                assert seen.exceptions == []
    assert MARK not in served.log and not canary.known.in_text(served.log)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_fails_shows_no_trace_no_path_and_no_value(
    canary: Company, page: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CX_RELEASE", str(canary.release))
    monkeypatch.setenv("CX_STRATEGY", str(canary.strategy))
    said = f"/srv/secret/{MARK}: {canary.staff[0]}"

    def fails(*_: object) -> None:
        raise ValueError(said)

    for broken in ("numbers", "cells", "strategy", "meta"):
        with monkeypatch.context() as patch:
            patch.setattr(Release, broken, property(fails) if broken != "numbers" else fails)
            script = ROOT / ("dashboard.py" if page == "strategy" else f"pages/{page}.py")
            app = AppTest.from_file(str(script), default_timeout=60).run()
            shown = "\n".join(texts_of(app))
            assert not app.exception
        assert MARK not in shown and "Traceback" not in shown and str(ROOT) not in shown and "ValueError" not in shown
        assert not canary.known.in_text(shown)
    assert MARK not in caplog.text and not canary.known.in_text(caplog.text)


def texts_of(app: AppTest) -> Iterator[str]:
    """Every text of every element of a run."""
    for element in app:
        proto = getattr(element, "proto", None)
        if proto is not None:
            yield str(proto)


@pytest.mark.skipif(not AUDIT, reason="at full size only: make audit")
def test_pages_of_the_demo_company_name_nobody(demo: Demo, tmp_path: Path, tell: Tell) -> None:
    """The shipped company's own agents, customers and comments."""
    tickets = pd.read_csv(demo.folder / "tickets.csv", low_memory=False)
    staff = sorted(tickets["agent_id"].dropna().unique())
    customers = sorted(tickets["customer_id"].dropna().unique())[::9]
    comments = [t for t in tickets["text_vi"].dropna().unique() if len(t) > 40][:400]
    known: Canaries = canaries([*staff, *customers[:50]], [*customers, *comments])
    frames = 0
    with serve(tmp_path, demo.release, demo.strategy) as found:
        for page, lang, period in product(PLACES, ("en", "vi"), ("2025-Q3", "2025")):
            with reading(found.url) as reader:
                seen = seen_of(reader, page, {"lang": lang, "period": period})
            frames += len(seen.frames)
            assert not known.in_bytes(seen.raw)
        assert not known.in_text(found.log)
    tell(demo_frames=frames)


def test_what_one_session_typed_is_on_no_page_of_another(canary: Company, tmp_path: Path) -> None:
    """Links inside pieces that are kept for all once carried the period that the first reader had typed, whatever it
    was: whoever came first could put a name on everybody's page."""
    with serve(tmp_path, canary.release, canary.strategy) as fresh:
        with reading(fresh.url) as first:
            for page, key in product(PLACES, ("period", "segment")):
                first.see(page, {"lang": "vi", key: MARK})
        for page in PLACES:
            with reading(fresh.url) as reader:
                assert not [t for t in seen_of(reader, page, {"lang": "vi"}).texts if MARK in t]
