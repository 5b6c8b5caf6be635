"""What is known of every KPI and loyalty in words: goes with return, moves the score only, no evidence or worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from metrics.headlines.sentence import number_word, upper
from metrics.loyalty.evidence import Label, Why
from metrics.loyalty.results import LabelRow
from metrics.strategy.model import KPI, Strategy
from metrics.words import Words

#: In the order the page tells them.
TOLD = (Label.RETURN, Label.SCORE_ONLY, Label.CONTRADICTED, Label.NONE)


def label_name(row: LabelRow, w: Words) -> str:
    """The label of a KPI. "Drives" stands only where an action tested it; an unknown label reads as no evidence."""
    if row.label is Label.RETURN and row.why is Why.TESTED:
        return w("Drives return")
    names = {
        Label.OUTCOME: w("Is the outcome"),
        Label.RETURN: w("Goes with return"),
        Label.SCORE_ONLY: w("Moves the score only"),
        Label.CONTRADICTED: w("Contradicted"),
    }
    return names.get(row.label, w("No evidence"))


def why_text(why: Why, w: Words) -> str:
    """The reason behind a label."""
    return {
        Why.ARITHMETIC: w("one is computed from the other"),
        Why.TESTED: w("an action with a comparison moved both"),
        Why.EFFECT: w("the range excludes zero; halves and segments agree"),
        Why.AGAINST: w("the range excludes zero on the side nobody believed in"),
        Why.INCLUDES_ZERO: w("the range of its effect on return includes zero"),
        Why.ONE_OF_MANY: w("one such range among so many is expected by chance"),
        Why.UNSTABLE: w("a half of the customers or a main segment says the opposite"),
        Why.LEAK: w("it nearly determines the outcome: a warning"),
        Why.TOO_FEW: w("too few months"),
        Why.NOT_CLEARED: w("too few customers, or not cleared"),
        Why.NOT_MEASURED: w("not measured of single customers, and months are too few"),
        Why.IS_OUTCOME: w("it is the behaviour itself"),
    }[why]


def groups(strategy: Strategy, labels: Mapping[str, LabelRow]) -> list[tuple[Label, list[KPI]]]:
    """KPIs by label in the strategy's order; the outcomes themselves are left out."""
    return [(t, [k for k in strategy.kpis if k.id in labels and labels[k.id].label is t]) for t in TOLD]


def title(found: Sequence[tuple[Label, list[KPI]]], w: Words) -> str:
    """How many KPIs go with return, and how many do not for all we know."""
    count = {label: len(kpis) for label, kpis in found}
    total = sum(count.values())
    return w(
        "Of {total} KPIs, {some} go with return; for {none} there is no evidence",
        total=w.number(total),
        some=number_word(count[Label.RETURN], w),
        none=number_word(count[Label.NONE], w),
    )


def subtitle(w: Words) -> str:
    return w(
        "Every KPI but the outcomes themselves. No evidence is not evidence of nothing: the reason stands in the table."
    )


def group_name(label: Label, w: Words) -> str:
    return upper(
        {
            Label.RETURN: w("Goes with return"),
            Label.SCORE_ONLY: w("Moves the score only"),
            Label.CONTRADICTED: w("Contradicted"),
        }.get(label, w("No evidence"))
    )
