"""What a breakdown leaves out, said kindly: what is not shown alone is not lost, it counts in a wider total."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.answers import Answer
from metrics.words import Words

WHOLE = 0.9995
"""From this share on a breakdown shows all there is."""


def covered(answers: Sequence[Answer], w: Words) -> str:
    """One sentence under a chart of these answers, for the one that covers least; empty where all is shown, and where
    nothing stands (that is said in the chart's place)."""
    found = [(a.coverage, a.metric.fact) for a in answers if a.coverage is not None]
    return left_out(*min(found), w) if found else ""


def left_out(shown: float, fact: str, w: Words) -> str:
    """The same for a share of 0 to 1 of the rows of a fact table."""
    if shown >= WHOLE:
        return ""
    share = share_text(shown, w)
    words = {
        "contacts": w("This chart covers {share} of contacts; the rest count in wider totals.", share=share),
        "answers": w("This chart covers {share} of answers; the rest count in wider totals.", share=share),
        "invitations": w("This chart covers {share} of invitations; the rest count in wider totals.", share=share),
        "orders": w("This chart covers {share} of orders; the rest count in wider totals.", share=share),
        "cohorts": w("This chart covers {share} of new customers; the rest count in wider totals.", share=share),
    }
    return words.get(fact, w("This chart covers {share} of all rows; the rest count in wider totals.", share=share))


def share_text(share: float, w: Words) -> str:
    """A share from 0 to 1 in whole percents, never rounded up to all or down to nothing."""
    return w("less than 1%") if share < 0.01 else w.percent(int(100 * share + 1e-6), 0)
