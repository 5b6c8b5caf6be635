"""Bit tags: row i of a quarter adds 2^i, so each published sum spells out which rows were added, and whose they are.

Nothing about the build is believed: who stands behind a number is read off the number itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

import pytest

from metrics.answers import Answer, ask
from metrics.answers import Row as Figure
from metrics.build import build
from metrics.exports.csv import to_csv
from metrics.exports.table import of_answers
from metrics.release import Release, write
from metrics.words import Words
from tests.attacks.captured import Said, answered, released
from tests.attacks.conftest import Tell
from tests.attacks.planted import copied, padded
from tests.build.small import STRATEGY, Row, write_company

BITS = 40
QUARTERS = {"2025-Q4": ("2025-10", "2025-11", "2025-12"), "2026-Q1": ("2026-01", "2026-02", "2026-03")}
TAGGED = "score_mean(question=tagged)"
#: Channel -> (rows of a quarter, who has how many of them). Mail is three people, chat one busy person and ghosts.
TEAMS: dict[str, Mapping[str, int]] = {
    "store": {"Ánh": 3, "Bình": 2, "Cúc": 2, "Dung": 2, "Giang": 2},
    "hotline": {"Hà": 3, "Khoa": 2, "Liên": 2, "Mạnh": 2, "Ngân": 3},
    "facebook": {"Oanh": 4, "Phúc": 2, "Quý": 1},
    "website": {"Rạng": 6, "Sơn": 1, "Thu": 1, "Uyên": 1, "Vân": 1},
}


def rows() -> dict[str, list[Row]]:
    """40 contacts a quarter, each with an answer that carries its own bit."""
    made: dict[str, list[Row]] = {"contacts": [], "answers": []}
    for quarter, months in QUARTERS.items():
        work = [(c, who) for c, team in TEAMS.items() for who, n in team.items() for _ in range(n)]
        assert len(work) == BITS
        for i, (channel, who) in enumerate(work):
            contact = f"PH-{quarter}-{i:03d}"
            made["contacts"].append(
                {
                    "contact": contact, "customer": f"KH-{quarter}-{i:04d}", "at": f"{months[i % 3]}-11 10:00",
                    "stage": "support", "touchpoint": "hotline_call", "channel": channel, "agent": f"Trần {who} Canary",
                    "complaint": "yes" if i % 3 else "no",
                }
            )  # fmt: skip
            made["answers"].append(
                {"response": f"R-{quarter}-{i}", "contact": contact, "question": "tagged", "score": 2**i}
            )
    return made


def strategy() -> str:
    tagged = f"  - {{id: tagged, text: Tagged, scale: [0, {2**BITS}]}}\n  - {{id: csat, text: How"
    text = STRATEGY.replace("  - {id: csat, text: How", tagged)
    kpi = STRATEGY.partition("  - id: happy\n")[2].partition("  - id: back\n")[0]
    kpi = (
        kpi.replace("name: happy", "name: tagged")
        .replace("metric: csat", "metric: score_mean")
        .replace("csat}", "tagged}")
    )
    return text.replace("  - id: happy\n", f"  - id: tagged\n{kpi}  - id: happy\n").replace("[csat]", "[csat, tagged]")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[Row]]]:
    folder = tmp_path_factory.mktemp("tags")
    tables = rows()
    build(*write_company(folder, tables, traits="{}", strategy=strategy()), folder / "release.duckdb")
    return folder / "release.duckdb", tables


@pytest.fixture(scope="module")
def release(made: tuple[Path, dict[str, list[Row]]]) -> Iterator[Release]:
    found = Release(made[0])
    yield found
    found.close()


def behind(total: float, quarter: str, contacts: list[Row]) -> list[Row]:
    """The contacts that a sum spells."""
    mine = [c for c in contacts if c["at"][:7] in QUARTERS[quarter]]
    assert total == int(total) and int(total) >> BITS == 0, "a sum of tags of one quarter"
    return [c for i, c in enumerate(mine) if int(total) >> i & 1]


def broken(contacts: list[Row], share: float = 0.4, two: float = 0.75, customers: int = 10) -> str | None:
    """What is wrong with a number about these contacts, or None."""
    count = Counter(c["agent"] for c in contacts)
    first, second = ([n for _, n in count.most_common(2)] + [0, 0])[:2]
    if len(count) < 5:
        return f"{len(count)} staff"
    if first > share * len(contacts) or first + second > two * len(contacts):
        return "one or two people have most of it"
    if len({c["customer"] for c in contacts}) < customers:
        return "too few customers"
    return None


def faults(said: list[Said], contacts: list[Row]) -> list[str]:
    """Numbers that break the cell rule, and differences of two numbers of a quarter that fewer than five are behind."""
    found: list[str] = []
    sums = [(s, q, int(s.sums["total"])) for s in said if s.metric == TAGGED for q in QUARTERS if _of(s.period) == q]
    for s, quarter, total in sums:
        who = behind(total, quarter, contacts)
        assert len(who) == s.sums["n"], "the tags say the same as n"
        if why := broken(who):
            found.append(f"{s}: {why}")
    for (a, one, big), (b, other, small) in combinations(sorted(sums, key=lambda x: -x[2].bit_count()), 2):
        if one != other or big == small:
            continue
        for text, left in ((f"{a} − {b}", big & ~small if not small & ~big else 0), (f"{b} − {a}", 0)):
            who = behind(left, one, contacts)
            if who and (why := broken(who, share=0.5, two=1.0, customers=0)):
                found.append(f"{text}: {why}")
    return found


def _of(period: str) -> str:
    return next((q for q, months in QUARTERS.items() if period in (q, *months)), "")


def test_each_sum_spells_people_who_may_be_told_together(
    release: Release, made: tuple[Path, dict[str, list[Row]]], tell: Tell
) -> None:
    contacts = made[1]["contacts"]
    said = [*released(release), *(s for _, s in answered(release) if _of(s.period))]
    tagged = {s: s for s in said if s.metric == TAGGED}
    assert len(tagged) >= 6 and any(s.dims for s in tagged), "something stands to be looked at"
    assert faults(list(tagged), contacts) == []
    tell(tagged_numbers=len(tagged), broken_rules=0)


def test_a_sum_of_three_people_is_seen(made: tuple[Path, dict[str, list[Row]]], tmp_path: Path) -> None:
    """Mail's own number, and the number beside it from which only mail is missing."""
    tables = copied(made[0])
    contacts = made[1]["contacts"]
    bits = {c["channel"]: 0 for c in contacts}
    for i, contact in enumerate(c for c in contacts if c["at"][:7] in QUARTERS["2025-Q4"]):
        bits[contact["channel"]] |= 1 << i
    alone, rest = bits["facebook"], sum(v for k, v in bits.items() if k != "facebook")
    for name, total in (("its own", alone), ("all others", rest), ("ghosts", bits["website"])):
        told = {"n": total.bit_count(), "total": total}
        number = [(TAGGED, "by_channel", 1, "2025-Q4", 99, m, float(v)) for m, v in told.items()]
        more = {"cell": [(99, "by_channel", 0, "channel", "store")], "number": number}
        write(tmp_path / "p.duckdb", {**tables, **{k: [*tables[k], *padded(k, rows)] for k, rows in more.items()}})
        planted = Release(tmp_path / "p.duckdb")
        assert faults(released(planted), contacts), name
        planted.close()


def test_nobodys_own_sum_stands_anywhere(release: Release, made: tuple[Path, dict[str, list[Row]]], tell: Tell) -> None:
    """Each person's sum is theirs alone, since no two rows have the same tag: it is in no number, answer or file, nor
    in the difference of two numbers."""
    contacts, answers = made[1]["contacts"], made[1]["answers"]
    own: dict[tuple[str, str], int] = {}
    for contact, answer in zip(contacts, answers):
        for period in (contact["at"][:7], _of(contact["at"][:7])):
            own[period, contact["agent"]] = own.get((period, contact["agent"]), 0) + answer["score"]
    sums = {total for total in own.values() if total > 10**6}
    counts = Counter((p, c["agent"]) for c in contacts for p in (c["at"][:7], _of(c["at"][:7])))
    means = {total / counts[at] for at, total in own.items()} | {float(total) for total in sums}
    said = [s for s in (*released(release), *(s for _, s in answered(release))) if s.metric == TAGGED]
    totals = {int(s.sums["total"]) for s in said}
    assert not sums & totals
    assert not means & {row.value for answer, row in rows_of(release) if answer.metric.id == "score_mean"}
    assert not [a - b for a in totals for b in totals if a - b in sums]
    files = b"".join(to_csv(of_answers([a], release.strategy, Words("en"))) for a, _ in rows_of(release)).decode()
    assert not [total for total in sums if str(total) in files]
    tell(own_sums_looked_for=len(sums))


def rows_of(release: Release) -> Iterator[tuple[Answer, Figure]]:
    for request, _ in answered(release):
        answer = ask(release, request)
        yield from ((answer, row) for row in answer.rows if row.value is not None)
