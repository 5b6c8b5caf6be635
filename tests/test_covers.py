"""What a breakdown leaves out, said kindly and never rounded into a lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from metrics.answers import Answer, Grain, Request, ask
from metrics.headlines.covers import covered, left_out, share_text
from metrics.release import Release
from metrics.strategy.load import load
from metrics.words import Words
from tests.invented import invent

ROOT = Path(__file__).parent.parent
EN, VI = Words("en"), Words("vi")


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    strategy = load(ROOT / "strategy.yaml").strategy
    assert strategy is not None
    release = Release(invent(strategy, tmp_path_factory.mktemp("coverage") / "release.duckdb"))
    found = ask(release, Request("repeat_contact", by=("stage",), grain=Grain.ALL))
    release.close()
    return found


def test_the_sentence_of_the_design(answer: Answer) -> None:
    part = replace(answer, coverage=0.943)
    assert covered([part], EN) == "This chart covers 94% of contacts; the rest count in wider totals."
    assert covered([part], VI) == "Biểu đồ này gồm 94% số lượt liên hệ; phần còn lại nằm trong số chung."


def test_a_whole_breakdown_and_an_empty_one_say_nothing(answer: Answer) -> None:
    for coverage in (1.0, 0.9999, None):
        assert covered([replace(answer, coverage=coverage)], EN) == ""
    assert covered([], EN) == ""


def test_of_several_the_one_that_covers_least_is_told(answer: Answer) -> None:
    both = [replace(answer, coverage=0.98), replace(answer, coverage=0.61)]
    assert "61%" in covered(both, EN)


@pytest.mark.parametrize(
    ("share", "text"), [(0.999, "99%"), (0.996, "99%"), (0.94, "94%"), (0.01, "1%"), (0.004, "less than 1%")]
)
def test_nearly_all_is_not_called_all_and_little_is_not_nothing(share: float, text: str) -> None:
    """Named after the lie: 99.6 % stood as 'covers all contacts'."""
    assert share_text(share, EN) == text


@pytest.mark.parametrize("fact", ["contacts", "answers", "invitations", "orders", "cohorts", "series", "new kind"])
def test_every_kind_of_row_has_its_word_in_both_languages(fact: str) -> None:
    assert left_out(0.5, fact, EN) and left_out(0.5, fact, VI) and left_out(0.5, fact, EN) != left_out(0.5, fact, VI)
