"""Invitations and answers by question: who is asked (P2's gamed rule), who answers (P11), and what they say (P10)."""

from __future__ import annotations

import numpy as np

from metrics.demo.company import (
    AS_OF_DAY,
    FACEBOOK,
    HOTLINE,
    QUARTER_OF,
    REDESIGN,
    RESPONSE_RATE,
    STAGE,
    WEBSITE,
    ZALO,
    ZALO_UNHAPPY,
    Array,
    Table,
)
from metrics.demo.draws import classes, pick, ranked, rng_for, spread
from metrics.demo.purchases import KEPT

QUESTIONS = ("tnps", "csat", "ces", "service_level")
TNPS, CSAT, CES, SERVICE_LEVEL = range(4)
SCALES = ((0, 10), (1, 5), (1, 7), (1, 6))
EVERYBODY = np.array([14, 14, 14, 11, 10, 4, 0, -1]) / 100
"""P2: NPS of everybody by quarter, asked or not."""
PASSIVE = np.array([0.30, 0.30, 0.30, 0.30, 0.30, 0.30, 0.28, 0.28])
INVITE = 0.62
INVITE_LIKELY_LOW = np.array([0.62, 0.62, 0.62, 0.62, 0.34, 0.20, 0.14, 0.14])
"""P2: chance of an invitation for contacts likely to score 6 or less, by quarter."""
LIKELY_LOW = np.array([0.80, 0.25, 0.08])
"""How often a detractor, a passive, a promoter is taken for one likely to score low."""
DETRACTORS_ANSWER = 0.91
NO_TICKET = 0.08
"""Share of hotline answers that the survey tool lost the ticket of (staff unknown)."""
LADDER_ASKED = 0.45
CES_WEB = 5.3


def invitations(seed: int, company: Table, orders: Table, tickets: Table) -> Table:
    """All invitations sorted by time: question, stage, channel, who, order and ticket (rows or -1), sent (days), score
    (what the customer would answer), unhappy (bool), about (day of the order or contact)."""
    rng = rng_for(seed, 7)
    parts = [_tnps(rng, company, orders, tickets), _delivery(rng, orders), _checkout(rng, orders)]
    parts += _after_tickets(rng, tickets)
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    inside = found["sent"] < AS_OF_DAY
    found = {name: column[inside] for name, column in found.items()}
    order = np.argsort(found["sent"], kind="stable")
    return {name: column[order] for name, column in found.items()}


def everybody(orders: Table, seed: int, company: Table) -> tuple[Array, Array]:
    """What every buyer would answer to tNPS (0-10, -1 for cancelled orders) and who is taken for likely to score low.

    Exactly NPS ``EVERYBODY`` in each quarter; customers who score high are a little likelier to have come before.
    """
    rng = rng_for(seed, 8)
    valid = ~orders["canceled"]
    quarter = np.where(valid, QUARTER_OF[orders["day"]], -1)
    warmth = rng.normal(0, 0.6, len(company["joined"]))[orders["who"]]
    rank = ranked(rng, warmth + rng.normal(0, 0.8, len(quarter)), quarter)
    promoters = ((1 - PASSIVE) + EVERYBODY) / 2
    detractors = promoters - EVERYBODY
    group = np.where(rank < detractors[quarter], 0, np.where(rank < 1 - promoters[quarter], 1, 2))
    u = spread(rng, quarter, group)
    low = classes(u, (0.06, 0.03, 0.05, 0.09, 0.10, 0.27, 0.40))
    score = np.select([group == 0, group == 1], [low, 7 + classes(u, (0.45, 0.55))], 9 + classes(u, (0.52, 0.48)))
    return np.where(valid, score, -1), pick(rng, LIKELY_LOW[group], quarter, group)


def _tnps(rng: np.random.Generator, company: Table, orders: Table, tickets: Table) -> Table:
    """tNPS the day after the order. Hotline and Facebook orders are asked about through the ticket that took them."""
    score, likely_low = everybody(orders, int(rng.integers(2**31)), company)
    ticket = np.full(len(score), -1)
    sale = np.flatnonzero(tickets["sale"])
    ticket[tickets["order"][sale]] = sale
    needs_ticket = (orders["channel"] == HOTLINE) | (orders["channel"] == FACEBOOK)
    able = (score >= 0) & ((ticket >= 0) | ~needs_ticket)
    quarter = QUARTER_OF[orders["day"]]
    lift = (score >= 0).sum() / able.sum()
    chance = lift * np.where(likely_low, INVITE_LIKELY_LOW[quarter], INVITE)
    asked = pick(rng, np.where(able, chance, 0.0), quarter, np.digitize(score, [7, 9]), orders["channel"])
    at = np.flatnonzero(asked)
    sent = orders["day"][at] + orders["hour"][at] / 24 + 0.5 + 0.3 * rng.random(len(at))
    return _part(TNPS, STAGE["buy"], orders, at, ticket[at], sent, score[at], score[at] <= 6)


def _delivery(rng: np.random.Generator, orders: Table) -> Table:
    """CSAT after delivery: 85 % happy when on time, 33 % when late."""
    reached = ~np.isnan(orders["delivered"])
    at = np.flatnonzero(pick(rng, np.where(reached, 0.635, 0.0), orders["channel"], orders["day"]))
    kept = orders["promise"][at] == KEPT
    happy = pick(rng, np.where(kept, 0.85, 0.33), kept, QUARTER_OF[orders["day"][at]])
    sent = orders["delivered"][at] + 0.2 + 0.6 * rng.random(len(at))
    return _part(CSAT, STAGE["delivery"], orders, at, np.full(len(at), -1), sent, _five(rng, happy), ~happy)


def _checkout(rng: np.random.Generator, orders: Table) -> Table:
    """CES after website checkout: the same before and after the redesign (P10)."""
    online = (orders["channel"] == WEBSITE) & ~orders["canceled"]
    at = np.flatnonzero(pick(rng, np.where(online, 0.75, 0.0), orders["day"]))
    score = _seven(spread(rng, orders["day"][at] >= REDESIGN, QUARTER_OF[orders["day"][at]]), CES_WEB)
    sent = orders["day"][at] + orders["hour"][at] / 24 + 0.02
    return _part(CES, STAGE["buy"], orders, at, np.full(len(at), -1), sent, score, score <= 3)


def _after_tickets(rng: np.random.Generator, tickets: Table) -> list[Table]:
    """CSAT or CES after support and returns tickets of known customers; the installation stage asks nobody (P3)."""
    parts = []
    for stage in ("support", "returns"):
        here = (tickets["stage"] == STAGE[stage]) & (tickets["who"] >= 0) & ~np.isnan(tickets["resolved"])
        asked = np.flatnonzero(pick(rng, np.where(here, 0.93, 0.0), tickets["channel"], tickets["time"]))
        survey = np.where(spread(rng, tickets["channel"][asked]) < 0.64, CSAT, CES)
        for question in (CSAT, CES):
            at = asked[survey == question]
            happy = tickets["happy"][at] ^ (rng.random(len(at)) < 0.10)
            if question == CSAT:
                score = _five(rng, happy)
            else:
                score = _seven(spread(rng, happy), np.where(happy, 5.5, 3.9))
            sent = tickets["time"][at] + tickets["resolved"][at] / 24 + 0.05
            parts.append(
                _part(question, STAGE[stage], tickets, at, at, sent, score, ~happy)
                | {"order": tickets["order"][at], "about": tickets["time"][at].astype(int)}
            )
    return parts


def _part(
    question: int, stage: int, source: Table, at: Array, ticket: Array, sent: Array, score: Array, unhappy: Array
) -> Table:
    return {
        "question": np.full(len(at), question), "stage": np.full(len(at), stage), "channel": source["channel"][at],
        "who": source["who"][at], "order": at, "ticket": ticket, "sent": sent, "score": score, "unhappy": unhappy,
        "about": source["day"][at] if "day" in source else sent.astype(int),
    }  # fmt: skip


def _five(rng: np.random.Generator, happy: Array) -> Array:
    u = spread(rng, happy)
    return np.where(happy, 4 + classes(u, (0.45, 0.55)), 1 + classes(u, (0.22, 0.30, 0.48)))


def _seven(u: Array, mean: Array | float) -> Array:
    """Scores 1-7 whose spread around ``mean`` follows a logistic curve of standard deviation 1.3."""
    score: Array = np.clip(np.round(mean + 0.72 * np.log(u / (1 - u))), 1, 7).astype(int)
    return score


def answers(seed: int, invited: Table) -> Table:
    """Answers sorted by time: invitation (row), question, score, answered (days), lost (bool: no ticket, no order).

    Response rates are those of the channel for each question; detractors answer tNPS a little less often, and on Zalo
    the unhappy answer any survey 0.7 times as often. Where CSAT or tNPS is answered, 45 % also give a service level.
    """
    rng = rng_for(seed, 9)
    channel, unhappy, question = invited["channel"], invited["unhappy"], invited["question"]
    less = np.where(channel == ZALO, ZALO_UNHAPPY, np.where(question == TNPS, DETRACTORS_ANSWER, 1.0))
    weight = np.where(unhappy, less, 1.0)
    group = question * len(RESPONSE_RATE) + channel
    mean = np.bincount(group, weight) / np.maximum(np.bincount(group), 1)
    quarter = QUARTER_OF[np.minimum(invited["about"], 729)]
    quarter = 2 * quarter + (invited["about"] >= REDESIGN)
    level = np.where(question == TNPS, np.digitize(invited["score"], [7, 9]), unhappy)
    level = np.where(question == CES, invited["score"], level)
    chance = RESPONSE_RATE[channel] * weight / mean[group]
    at = np.flatnonzero(pick(rng, chance, question, quarter, level, channel))
    answered = invited["sent"][at] + np.minimum(rng.lognormal(np.log(0.25), 1.0, len(at)), 3.0)
    at, answered = at[answered < AS_OF_DAY], answered[answered < AS_OF_DAY]
    lost = pick(rng, np.where(channel[at] == HOTLINE, NO_TICKET, 0.0), question[at], quarter[at])

    ladder = pick(rng, np.where(question[at] == CES, 0.0, LADDER_ASKED), question[at], level[at], quarter[at])
    rows = np.concatenate([np.arange(len(at)), np.flatnonzero(ladder)])
    asked = np.concatenate([question[at], np.full(int(ladder.sum()), SERVICE_LEVEL)])
    again = at[ladder]
    u = spread(rng, level[again], question[again])
    top = np.where(question[again] == TNPS, level[again] >= 1, level[again] == 0)
    step = np.where(top, 3 + classes(u, (0.34, 0.44, 0.17, 0.05)), 1 + classes(u, (0.18, 0.42, 0.32, 0.08)))
    score = np.concatenate([invited["score"][at], np.where(u < 0.02, 6, step) if len(u) else step])
    order = np.lexsort((asked, rows, answered[rows]))
    rows = rows[order]
    return {
        "invitation": at[rows], "question": asked[order], "score": score[order], "answered": answered[rows],
        "lost": lost[rows],
    }  # fmt: skip
