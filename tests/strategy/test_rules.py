"""Each rule finds what it should, where it stands, and keeps silent otherwise."""

from __future__ import annotations

import pytest

from metrics.strategy.finding import Finding, Severity
from metrics.strategy.load import check_text
from metrics.strategy.rules import RULES
from metrics.words import Words
from tests.strategy.cases import FAILING, PASSING, SMALL, TODAY, edited, marked


def findings(text: str) -> tuple[Finding, ...]:
    return check_text(text.encode(), "s.yaml", TODAY).findings


def test_the_small_strategy_is_clean() -> None:
    loaded = check_text(SMALL.encode(), "s.yaml", TODAY)
    assert loaded.findings == () and loaded.strategy is not None
    assert loaded.strategy.kpi("back").targets[1].value == 40


@pytest.mark.parametrize("case", FAILING, ids=lambda c: f"{c[0]} {c[2][:40]!r}")
def test_a_rule_finds_its_failing_case_at_its_place(case: tuple[str, ...]) -> None:
    text, places = marked(edited(case[1:]))
    found = [f for f in findings(text) if f.code == case[0]]
    assert [(f.place.line, f.place.column) for f in found] == places and places
    assert all(str(f.place).startswith("s.yaml:") for f in found)


@pytest.mark.parametrize("case", PASSING, ids=lambda c: f"{c[0]} {c[2][:40]!r}")
def test_a_rule_is_silent_on_a_near_miss(case: tuple[str, ...]) -> None:
    assert case[0] not in {f.code for f in findings(edited(case[1:]))}


def test_every_rule_has_a_case_a_reason_and_a_code_of_its_own() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert {case[0] for case in FAILING} == set(codes)
    assert all(rule.reason.endswith(".") for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_only_errors_withhold_the_strategy(rule: object) -> None:
    """Named after the lie: numbers shown from a strategy that `check` refuses."""
    case = next(c for c in FAILING if c[0] == getattr(rule, "code", ""))
    loaded = check_text(edited(case[1:]).replace("▲", "").encode(), "s.yaml", TODAY)
    assert (loaded.strategy is None) == bool(loaded.errors)
    severity = {f.severity for f in loaded.findings if f.code == case[0]}
    assert severity == {getattr(rule, "severity", None)}
    assert (Severity.ERROR in severity) <= (loaded.strategy is None)


@pytest.mark.parametrize("case", FAILING, ids=lambda c: f"{c[0]} {c[2][:40]!r}")
def test_a_finding_reads_in_both_languages(case: tuple[str, ...]) -> None:
    text = edited(case[1:]).replace("▲", "")
    for finding in (f for f in findings(text) if f.code == case[0]):
        english, vietnamese = finding.say(Words("en")), finding.say(Words("vi"))
        assert all(e != v for e, v in zip(english, vietnamese, strict=True) if "[" not in e), english
        for sentence in (*english, *vietnamese):
            assert sentence and sentence[-1] in ".?" and "{kpi}" not in sentence and "{name}" not in sentence


def test_a_persons_name_is_not_repeated() -> None:
    text = SMALL.replace("sponsor: Customer director", "sponsor: Nguyễn Văn An")
    said = " ".join(" ".join(f.say(Words("en"))) for f in findings(text))
    assert "role" in said and "Nguyễn" not in said


def test_a_metric_without_behaviour_is_only_a_warning() -> None:
    """A company may have nothing but answers; then its loyalty page says that it drives the score."""
    text = edited(("outcome: back", "outcome: recommend"))
    assert {f.code for f in findings(text)} == {"B002"}


@pytest.mark.parametrize(
    ("old", "new", "guess"),
    [
        ("metric: repurchase", "metric: repurchse", "repurchase"),
        ("goal: keep\n    stage", "goal: kep\n    stage", "keep"),
        ("dimensions: [promise]", "dimensions: [promis]", "promise"),
        ("{view: by_stage,", "{view: by_stag,", "by_stage"),
        ("direction: up\n    targets: [{by: 2025", "direction: upp\n    targets: [{by: 2025", "up"),
        ("customer_outcome: Served", "costumer_outcome: Served", "customer_outcome"),
        ("{id: till, name: Till, channel: store}", "{id: till, name: Till, chanel: store}", "channel"),
    ],
)
def test_did_you_mean(old: str, new: str, guess: str) -> None:
    assert any(f"“{guess}”" in f.say(Words("en"))[1] for f in findings(edited((old, new))))


def test_dates_are_left_out_without_a_date() -> None:
    """Named after the lie: a build that gives another result tomorrow because the clock moved."""
    text = edited(("horizon: 2026-12-31", "horizon: 2001-01-01", "review: 2026-12-31", "review: 2001-01-01"))
    assert check_text(text.encode(), "s.yaml").findings == ()


def test_a_staff_id_in_a_scope_is_refused_and_not_corrected() -> None:
    """Named after the lie: “NV-00001 is not an id, write lower case letters”, as if that were what is wrong."""
    said = [f.say(Words("en")) for f in findings(edited(("where: {stage: [buy]}", "where: {agent: [NV-00001]}")))]
    assert len(said) == 1 and "grade people" in said[0][0] and "NV-00001" not in "".join(said[0])


@pytest.mark.parametrize(
    ("old", "new", "what", "mend"),
    [
        ("stage: buy\n    owner", "stage: Buy\n    owner", "“Buy” is not an id.", "Did you mean “buy”?"),
        ("value: 30}", "value: 30%}", "", "no %"),
        ("value: 1000}", "value: 540.000.000}", "", "no separators"),
        ("{kpi: back, reason", "{kpi: recommend, reason", "“recommend” cannot drive itself.", "drop the link"),
        ("counter: answered", "counter: recommend", "“recommend” cannot watch over itself.", "show the harm"),
    ],
)
def test_a_likely_slip_is_told_as_what_it_is(old: str, new: str, what: str, mend: str) -> None:
    found = findings(edited((old, new)))
    assert len(found) == 1
    said = found[0].say(Words("en"))
    assert what in said[0] and mend in said[1]


def test_a_missing_value_stands_at_its_key() -> None:
    """Named after the lie: the line below, where nothing is wrong."""
    text = edited(("metric: repurchase", "metric:"))
    line = next(i for i, t in enumerate(text.splitlines(), 1) if t == "    metric:")
    assert [(f.code, f.place.line, f.place.column) for f in findings(text)] == [("M003", line, 5)]
