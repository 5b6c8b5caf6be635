"""Each rule finds what it should, where it stands, and keeps silent otherwise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from metrics.strategy.cases import Case
from metrics.strategy.explain import NOTES, explain
from metrics.strategy.finding import Severity
from metrics.strategy.load import check_text
from metrics.strategy.report import as_text
from metrics.strategy.rules import RULES
from metrics.words import Words
from tests.strategy.cases import CASES, SMALL, TODAY, case_of, edited, findings, named

#: Codes of files that are no text at all; tests/strategy/test_load.py has their cases.
BYTES = {"Y001", "Y002", "Y003"}


def test_the_small_strategy_is_clean() -> None:
    loaded = check_text(SMALL.encode(), "s.yaml", TODAY, CASES.history)
    assert loaded.findings == () and loaded.strategy is not None
    assert loaded.strategy.kpi("back").targets[1].value == 40
    assert loaded.strategy.lever("same_day").kind == "policy"


@pytest.mark.parametrize("case", CASES.failing, ids=named)
def test_a_rule_finds_its_failing_case_at_its_place(case: Case) -> None:
    found = [f for f in findings(case) if f.code == case.code]
    assert [(f.place.line, f.place.column) for f in found] == list(case.places) and case.places
    assert all(str(f.place).startswith("s.yaml:") for f in found)


@pytest.mark.parametrize("case", CASES.passing, ids=named)
def test_a_rule_is_silent_on_a_near_miss(case: Case) -> None:
    assert case.code not in {f.code for f in findings(case)}


def test_every_rule_has_a_case_a_reason_and_a_code_of_its_own() -> None:
    """At least 30 rules are promised; every code is explained, and failing cases stand behind each."""
    codes = [note.code for note in NOTES]
    assert len(set(codes)) == len(codes) and len(RULES) >= 30
    assert {case.code for case in CASES.failing} == set(codes) - BYTES
    assert all(note.reason.endswith(".") and len(note.reason) > 20 for note in NOTES)
    assert {note.severity for note in NOTES} == set(Severity)


def test_a_code_is_one_that_is_explained() -> None:
    """Named after the lie: a code that `check` prints and `--explain` does not know."""
    package = Path(check_text.__code__.co_filename).parent
    written = "".join(path.read_text(encoding="utf-8") for path in package.glob("*.py"))
    known = {note.code for note in NOTES}
    assert set(re.findall(r'"([A-Z]\d{3})"', written)) == known


@pytest.mark.parametrize("lang", ["en", "vi"])
@pytest.mark.parametrize("note", NOTES, ids=lambda n: n.code)
def test_a_code_is_explained_with_both_cases(note: object, lang: str) -> None:
    code = getattr(note, "code", "")
    page = explain(code.lower(), Words(lang)) or ""
    assert page.startswith(f"{code} ") and Words(lang)(getattr(note, "reason", "")) in page
    if code in BYTES:
        return
    case = case_of(code)
    found = next(f for f in findings(case) if f.code == code)
    what, mend = found.say(Words(lang))
    assert what in page and mend in page and "      | " in page
    failing, _, passing = page.partition(Words(lang)("Not found here:"))
    assert passing.count(" | ") >= 1 and passing.split("\n", 1)[1] not in failing


def test_an_unknown_code_has_no_page() -> None:
    assert explain("Z999", Words("en")) is None


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_only_errors_withhold_the_strategy(rule: object) -> None:
    """Named after the lie: numbers shown from a strategy that `check` refuses."""
    case = case_of(getattr(rule, "code", ""))
    loaded = check_text(case.text.encode(), "s.yaml", TODAY, CASES.history)
    assert (loaded.strategy is None) == bool(loaded.errors)
    severity = {f.severity for f in loaded.findings if f.code == case.code}
    assert severity == {getattr(rule, "severity", None)}
    assert (Severity.ERROR in severity) <= (loaded.strategy is None)


@pytest.mark.parametrize("case", CASES.failing, ids=named)
def test_a_finding_reads_in_both_languages(case: Case) -> None:
    for finding in (f for f in findings(case) if f.code == case.code):
        english, vietnamese = finding.say(Words("en")), finding.say(Words("vi"))
        same = [e for e, v in zip(english, vietnamese, strict=True) if e == v]
        assert all("[" in e for e in same), english
        for sentence in (*english, *vietnamese):
            assert sentence and sentence[-1] in ".?" and "{kpi}" not in sentence and "{name}" not in sentence


def test_a_persons_name_is_not_repeated() -> None:
    text = SMALL.replace("sponsor: Customer director", "sponsor: Nguyễn Văn An")
    text = text.replace("name: Two more vans", "name: Vans of NV-00017 for chị Lan")
    found = findings(text)
    assert {f.code for f in found if f.is_error} == {"O001", "N001", "N002"}
    said = " ".join(" ".join(f.say(Words("en"))) for f in found) + as_text(found, "en", {"s.yaml": text})
    assert "role" in said and not any(word in said for word in ("Nguyễn", "00017", "Lan"))


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
