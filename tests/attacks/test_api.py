"""Asking: filters × periods × paths enumerated, names that only look declared, and objects walked for what they hold.

An answer is post-processing of released numbers, so it may add no new direction to what can be computed from them:
each row of each answer must be a whole-number sum of released ones. Then everything that the differencing auditor
proves of the release holds for every answer, complement, tracker and nested window as well.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from metrics.__main__ import app
from metrics.answers import Answer, Grain, Request, ask, views_of
from metrics.errors import Refusal, Refused
from metrics.kpis import METRICS
from metrics.periods import months_of
from metrics.release import Release, write
from metrics.strategy.model import DIMENSIONS
from tests.attacks.canary import Company
from tests.attacks.captured import Said, answered, released
from tests.attacks.conftest import Tell
from tests.attacks.differencing import Space, audit, basis, space
from tests.attacks.planted import copied
from tests.attacks.walk import texts
from tests.attacks.worlds import World
from tests.conftest import AUDIT

RUN = CliRunner()


@pytest.fixture(scope="module")
def release(release_file: Path) -> Iterator[Release]:
    found = Release(release_file)
    yield found
    found.close()


@pytest.fixture(scope="module")
def asked_of(canary: Company) -> Iterator[Release]:
    """The release that is asked for what it does not have."""
    found = Release(canary.release)
    yield found
    found.close()


def everything(company: World, release: Release) -> list[tuple[Request, Said]]:
    """Every answer to every request, over every window of months in two quarters and a half (at full size)."""
    months = tuple(sorted(company.rows["month"].unique()))
    return answered(release, months[:8] if AUDIT else months[2:5])


def strangers(company: World, said: list[Said], asked: list[tuple[Request, Said]]) -> list[str]:
    """Answers that are no combination of released numbers."""
    found = []
    for metric in dict.fromkeys(s.metric for s in said):
        mine = [s for s in said if s.metric == metric]
        both = mine + list({s: s for _, s in asked if s.metric == metric}.values())
        whole = space(metric, company.rows, both, company.universe, company.rows["month"].unique())
        known = basis(Space(metric, tuple(mine), whole.w[: len(mine)], whole.size, whole.known, whole.by, whole.people))
        scaled = whole.w[len(mine) :] * np.sqrt(whole.size)
        outside = np.linalg.norm(scaled - scaled @ known.T @ known, axis=1)
        length = np.linalg.norm(scaled, axis=1)
        found += [str(both[len(mine) + i]) for i in np.flatnonzero(outside > 1e-6 * np.maximum(length, 1)).tolist()]
    return found


def test_no_answer_says_more_than_the_release(company: World, release: Release, tell: Tell) -> None:
    said, asked = released(release), everything(company, release)
    assert len(asked) > 300
    tell(worlds=1, answer_rows=len(asked), rows_that_are_no_sum_of_released_numbers=0)
    false = [(request, row) for request, row in asked if counted(company, row) != row.sums["n"]]
    assert not false, false[0]
    assert strangers(company, said, asked) == []


def counted(company: World, said: Said) -> float:
    """Rows of the metric that a published group names."""
    inside = np.array(company.universe[said.metric])
    for dimension, values in (("month", months_of(said.period)), *said.dims):
        if values:
            inside &= company.rows[dimension].isin(values).to_numpy()
    return float(inside.sum())


def test_an_answer_from_rows_would_be_seen(company: World, release: Release) -> None:
    """Were some answer counted from rows instead of released numbers, it would be a stranger."""
    said = released(release)
    pools = [s for s in said if any(len(v) > 1 for _, v in s.dims)]
    apart = [Said(s.metric, s.period, tuple((d, v[:1]) for d, v in s.dims), {}) for s in pools]
    part = [(Request("x"), s) for s, pool in zip(apart, pools) if 0 < counted(company, s) < counted(company, pool)]
    assert strangers(company, said, part), "what is released as a pool is answered apart"


def test_what_is_left_of_a_quarter_without_its_months_is_of_five(company: World, release: Release) -> None:
    """Nested windows: block less the months inside it that are shown, for each metric by itself."""
    said = [s for s in released(release) if not s.dims]
    assert {len(months_of(s.period)) for s in said} == {1, 3}
    for metric in dict.fromkeys(s.metric for s in said):
        found = audit([s for s in said if s.metric == metric], company.rows, company.universe)
        assert not found.leaks, f"\n{found}"


# ── Names that are not declared, or only look so ──

LOOKALIKE = {
    "case": "Channel",
    "upper": "CHANNEL",
    "cyrillic с": "\u0441hannel",
    "cyrillic е": "chann\u0435l",
    "full width": "ｃｈａｎｎｅｌ",
    "zero width": "chan\u200bnel",
    "soft hyphen": "chan\u00adnel",
    "NBSP": "channel\u00a0",
    "space": " channel",
    "dotless": "sıtage",
    "combining": "cha\u0303nnel",
    "null": "channel\x00",
    "right to left": "\u202echannel",
    "SQL": "channel' OR 1=1 --",
    "path": "../channel",
    "empty": "",
    "long": "channel" * 4000,
    "undeclared": "touchpoint",
    "unknown": "moon",
}
PEOPLE = [
    "agent", "Agent", "AGENT_ID", "\u0430gent", "ａｇｅｎｔ", "a\u200bgent", "ag\u00adent", "nhân viên", "NHAN_VIEN",
    "nha\u0302n vie\u0302n", "staff", "handledBy", "team", "supervisor", "ca trực", "tổng đài viên", "rep", "handler",
    "desk", "site",
]  # fmt: skip


def refusal(release: Release, request: Request) -> tuple[type, Any, tuple[Any, ...]]:
    with pytest.raises(Refusal) as caught:
        ask(release, request)
    return type(caught.value), caught.value.kind, caught.value.args


@pytest.mark.parametrize("how", LOOKALIKE)
def test_a_dimension_that_only_looks_declared_is_refused_like_any_other(asked_of: Release, how: str) -> None:
    name = LOOKALIKE[how]
    expected = refusal(asked_of, Request("happy", by=("language",)))
    assert expected[1] is Refused.NOT_CLEARED
    for request in (
        Request("happy", by=(name,)),
        Request("happy", by=("channel", name)),
        Request("happy", by=(name,), within=((name, "store"),)),
        Request("happy", by=("channel",), within=((name, "store"),)),
        Request("happy", within=((name, "store"),)),
    ):
        assert refusal(asked_of, request) == expected


@pytest.mark.parametrize("name", PEOPLE)
def test_people_are_refused_alike_wherever_they_stand(asked_of: Release, name: str) -> None:
    expected = refusal(asked_of, Request("happy", by=("agent",)))
    assert expected[1] is Refused.PERSON
    for request in (
        Request("happy", by=(name,)),
        Request("happy", by=("channel", name)),
        Request("happy", within=((name, "NV-1"),)),
        Request("complaints", by=(name,), within=((name, "NV-1"),), grain=Grain.ALL),
    ):
        assert refusal(asked_of, request) == expected


@pytest.mark.parametrize(
    "value",
    ["Store", "STORE", "ѕtore", "ｓｔｏｒｅ", "st\u200bore", "store ", "moon", "' OR 1=1", "NV-00000-524188", ""],
)
def test_a_value_that_is_not_declared_is_refused_like_one_that_is_not_cleared(asked_of: Release, value: str) -> None:
    expected = refusal(asked_of, Request("happy", by=("language",)))
    first = next(dims[0] for _, dims in views_of(asked_of, "happy"))
    assert refusal(asked_of, Request("happy", by=(first,), within=((first, value),))) == expected


@pytest.mark.parametrize("kpi", ["moon", "Happy", "h\u0430ppy", "", "happy' --"])
def test_a_kpi_that_is_not_declared_is_refused_like_one_that_is_not_cleared(asked_of: Release, kpi: str) -> None:
    assert refusal(asked_of, Request(kpi)) == refusal(asked_of, Request("happy", by=("language",)))


@pytest.mark.parametrize(
    "words",
    [
        ["show", "happy", "--by", "moon"],
        ["show", "happy", "--by", "Channel"],
        ["show", "happy", "--by", "touchpoint"],
        ["show", "happy", "--by", "language"],
        ["show", "happy", "--by", "chan\u200bnel"],
        ["show", "happy", "--by", "channel,channel"],
        ["show", "moon"],
    ],
)
def test_the_command_line_refuses_alike(canary: Company, words: list[str]) -> None:
    """One text, one exit code, whatever was asked; and not a word of it is said back."""
    result = RUN.invoke(app, [*words, "--release", str(canary.release)])
    usual = RUN.invoke(app, ["show", "happy", "--by", "nowhere", "--release", str(canary.release)])
    assert (result.exit_code, result.output, str(result.stderr)) == (3, usual.output, str(usual.stderr))
    assert not any(w in result.output for w in ("moon", "Channel", "524188"))


@pytest.mark.parametrize("name", PEOPLE)
def test_the_command_line_refuses_people_alike(canary: Company, name: str) -> None:
    result = RUN.invoke(app, ["show", "happy", "--by", name, "--release", str(canary.release)])
    usual = RUN.invoke(app, ["show", "happy", "--by", "staff", "--release", str(canary.release)])
    assert (result.exit_code, result.output, str(result.stderr)) == (3, usual.output, str(usual.stderr))


def test_a_real_and_an_invented_staff_number_are_refused_alike(asked_of: Release) -> None:
    """What reads like a member of staff is a question about a person, whether there is one of that number or not."""
    assert refusal(asked_of, Request("NV-00000-524188")) == refusal(asked_of, Request("NV-99999-000000"))
    assert refusal(asked_of, Request("NV-99999-000000"))[1] is Refused.PERSON


# ── What does not exist cannot be asked for ──


def test_there_is_no_rank_top_n_minimum_or_median() -> None:
    names = {f.name for f in dataclasses.fields(Request)} | {f.name for f in dataclasses.fields(Answer)}
    metrics = {m.id for m in METRICS} | {p.name for m in METRICS for p in m.parameters}
    words = (
        "min",
        "max",
        "median",
        "percentile",
        "top",
        "bottom",
        "rank",
        "best",
        "worst",
        "order_by",
        "sort",
        "limit",
    )
    parts = {part for name in names | metrics for part in name.split("_")}
    assert not parts & set(words)
    assert {g.value for g in Grain} == {"block", "quarter", "year", "all"}
    assert set(DIMENSIONS) == {
        "stage", "touchpoint", "channel", "segment", "product", "region", "language", "topic", "promise",
        "installation", "complaint", "waited",
    }  # fmt: skip


@pytest.mark.parametrize(
    "option", ["--top", "--rank", "--sort", "--limit", "--where", "--staff", "--agent", "--sql", "--min"]
)
def test_the_command_line_has_no_such_option(canary: Company, option: str) -> None:
    result = RUN.invoke(app, ["show", "happy", option, "5", "--release", str(canary.release)])
    assert result.exit_code in (2, 3) and not result.output.strip().startswith("{")
    assert "satisfied" not in result.output and result.exit_code != 0


def test_measures_are_sums_alone(release: Release) -> None:
    said = {m for s in released(release) for m in s.sums}
    assert said <= {"n", "satisfied", "complaints", "within", "resolved", "answered", "promoters", "detractors"}


# ── Objects ──


def test_no_object_holds_a_person(canary: Company, tell: Tell) -> None:
    """Every Release and Answer, walked through attributes, slots, containers, closures and bound methods."""
    known = canary.known
    release = Release(canary.release)
    answers = [ask(release, r) for r in _asked(release)]
    held = list(texts([release, answers]))
    assert len(held) > 300
    assert not known.in_text("\n".join(held))
    tables = release._rows("SELECT table_name FROM duckdb_tables()")
    rows = [r for (name,) in tables for r in release._rows(f"FROM {name}")]
    assert not known.in_text("\n".join(v for row in rows for v in row if isinstance(v, str)))
    tell(texts_in_objects=len(held))
    release.close()


def _asked(release: Release) -> Iterator[Request]:
    for kpi, grain in product(release.strategy.kpis, Grain):
        yield Request(kpi.id, grain=grain)
        for _, dims in views_of(release, kpi.id):
            yield Request(kpi.id, by=dims, grain=grain)


def test_the_walk_sees_what_is_hidden(canary: Company, tmp_path: Path) -> None:
    """A name in a closure, in a slot, in a cache; and one in a table of the release."""
    known, name = canary.known, canary.staff[3]

    class Slotted:
        __slots__ = ("kept",)

    def outer() -> Any:
        secret = name
        return lambda: secret

    slotted = Slotted()
    slotted.kept = {("key", 1): [name]}
    for hidden in (outer(), slotted, {name: 1}, [b"x" + name.encode()], type("T", (), {"at": name})):
        assert known.in_text("\n".join(texts([hidden]))), hidden
    tables = copied(canary.release)
    write(tmp_path / "p.duckdb", {**tables, "meta": [*tables["meta"], ("note", name)]})
    release = Release(tmp_path / "p.duckdb")
    assert release.meta["note"] == name
    assert known.in_text("\n".join(texts([release])))
    release.close()
