"""Checks hostile files one by one and prints what each cost: run as a process of its own, so that memory is its own.

``python -m tests.strategy.hostile [all]``: one line of JSON per file: name, codes, seconds of processor time, and
how many MB the process grew above what it held before the first file."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator

from metrics.strategy.load import LARGEST, check_text
from metrics.strategy.report import as_json, as_sarif, as_text
from tests.strategy.cases import CASES, SMALL, TODAY

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{c}: &{c} [{', '.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)
KPI = (
    "  - {{id: k{i}, name: N{i}, metric: nps, of: {{question: q{i}}}, goal: g{i}, stage: s{i}, owner: O, direction: up"
)
PIECES = (
    "[",
    "a: {",
    "{",
    "  - x: 1\n",
    "- ",
    "? ",
    "a: ",
    "&a ",
    "*a ",
    "!a ",
    "'",
    '"',
    "| \n",
    "#",
    "%",
    "\t",
    "1 ",
)


def much(piece: str) -> str:
    return piece * ((LARGEST - 10) // len(piece.encode()))


def kpis(count: int, tail: str) -> str:
    head = SMALL[: SMALL.index("kpis:\n") + 6]
    return head + "".join(KPI.format(i=i) + tail.format(i=i) + "}\n" for i in range(count))


def hostile(every: bool) -> Iterator[tuple[str, str | bytes]]:
    """Names and contents; the last ones are as large as a file may be, and only some of them unless ``every``."""
    yield "laughs", LAUGHS
    yield (
        "laughs inside a strategy",
        SMALL.replace("name: Shop", "name: *i").replace("version: 1", LAUGHS + "version: 1"),
    )
    yield "quadratic", "a: &a [" + "x, " * 9_000 + "x]\n" + "".join(f"k{i}: *a\n" for i in range(9_000))
    yield "itself", "a: &a {b: *a}\n"
    yield "deep in one line", "a: " + "[" * 200_000 + "]" * 200_000
    yield "deep by indent", "\n".join(" " * i + f"a{i}:" for i in range(900))
    yield "10 MB", b"a: " + b"x" * 10_000_000
    yield "10 MB of keys", b"a: 1\n" * 2_000_000
    yield "nothing", b"\0" * 400_000
    yield "utf-16", SMALL.encode("utf-16")
    yield "long digits", "version: " + "9" * 400_000
    yield "long text", SMALL.replace("They come back.", "come " * 90_000)
    yield "long staff codes", SMALL.replace("They come back.", "NV NV-" * 60_000)
    yield "long names", SMALL.replace("They come back.", "Nguyễn Văn " * 30_000)
    yield "long phone", SMALL.replace("They come back.", "0" + " 1 -" * 90_000)
    yield "one key many times", "a: 1\n" * 9_000
    yield "many wrong keys", SMALL + "".join(f"kpi_number_{i}_of_many: 1\n" for i in range(9_000))
    yield "many KPIs", kpis(4_000, "")
    yield "many unknown names", kpis(299, ", drives: [" + ", ".join(f"{{{{kpi: k{{i}}x{j}}}}}" for j in range(9)) + "]")
    yield "one long circle", kpis(250, ", drives: [{{kpi: k{i}0}}, {{kpi: k1{i}}}, {{kpi: k2}}]")
    yield (
        "many spellings",
        SMALL.replace("matches: [shop]", "matches: [" + ", ".join(f"s{i}" for i in range(9_000)) + "]"),
    )
    yield "many dates", "a: [" + "2026-12-31T10:00:00Z, " * 9_000 + "]"
    yield "many anchors", "".join(f"k{i}: &a{i} x\n" for i in range(15_000))
    yield "many comments", "#\n" * 249_000 + SMALL
    yield "many documents", "---\n" * 100_000
    yield "wide line", "a: " + "x" * 499_000
    for piece in PIECES if every else PIECES[::4]:
        yield f"much {piece!r}", much(piece)
        yield f"much {piece!r} in a strategy", SMALL + "x:\n" + much(piece)[: LARGEST - len(SMALL.encode()) - 10]


def main(every: bool) -> None:
    """A first check pays for what is loaded once; ``ru_maxrss`` is in kB on Linux and only ever grows."""
    as_sarif(check_text(SMALL.encode(), "s.yaml", TODAY, CASES.history).findings, "vi")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, content in hostile(every):
        raw = content if isinstance(content, bytes) else content.encode()
        start = time.process_time()
        found = check_text(raw, "s.yaml", TODAY, CASES.history).findings
        for say in (as_text, as_json, as_sarif):
            say(found)
        seconds = time.process_time() - start
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        codes = sorted({f.code for f in found})
        print(json.dumps({"name": name, "codes": codes, "seconds": round(seconds, 3), "grown_mb": round(grown)}))


if __name__ == "__main__":
    main("all" in sys.argv)
