"""What a build did, and its lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from metrics.build.grain import Spent
from metrics.build.proxies import Proxy
from metrics.build.publish import Coverage
from metrics.sources.read import FileRead


@dataclass(frozen=True)
class Report:
    """``coverage``: share of each metric's rows that each view shows; ``seconds`` by stage, in order; ``undated``:
    metric -> rows left out for want of a date; ``before_history``: customers without a known first order."""

    out: Path
    build_id: str
    as_of: date
    files: tuple[FileRead, ...]
    rejects_file: Path | None
    pools: dict[str, tuple[tuple[str, ...], ...]]
    """Dimension -> values that stand together everywhere, where more than one does."""
    coverage: tuple[Coverage, ...]
    withheld: dict[str, int]
    """Metric -> periods without a total."""
    refused: dict[str, str]
    respondents: dict[tuple[str, str], int]
    """(Base, outcome) -> rows behind its driver model."""
    unseen: dict[tuple[str, str], int]
    """(Base, outcome) -> rows left out because they could not yet show what they did."""
    no_model: dict[tuple[str, str], str]
    """(Base, outcome) -> why it has no driver model."""
    undated: dict[str, int]
    before_history: int
    staff_shaped: dict[str, int]
    """Dimension -> rows whose text reads like staff; they count as other."""
    proxies: tuple[Proxy, ...]
    """Dimensions and values that stand close to one-to-one with staff."""
    numbers: int
    bytes: int
    seconds: dict[str, float]
    grain: str
    spent: tuple[Spent, ...]
    budget: int
    late: dict[str, int]
    """Published period -> rows that came after it and are counted nowhere."""
    beside: bool
    """The draft stands beside a published release."""


def lines(report: Report) -> Iterator[str]:
    """The report as text, a line each."""
    yield "Sources"
    for f in report.files:
        days = f"  {f.data_from} to {f.data_to}" if f.data_from and f.data_to else ""
        aside = f", {f.rejected:,} set aside" if f.rejected else ""
        more = "".join(f", {n:,} {why}" for n, why in ((f.replaced, "replaced by a later row"),) if n)
        yield f"  {f.file} → {f.table}: {f.rows:,} rows{aside}{more}{days}"
    if report.rejects_file:
        yield f"  Rows set aside, with row number and reason: {report.rejects_file}"
    if report.before_history:
        yield f"  {report.before_history:,} customers joined before the order history begins: in no cohort."
    for metric, rows in report.undated.items():
        yield f"  {metric}: {rows:,} rows without a date count in no period."
    if report.pools:
        yield "Values that stand together everywhere, because one alone is too small"
        for dimension, pools in report.pools.items():
            yield f"  {dimension}: " + "; ".join(" + ".join(pool) for pool in pools)
    if report.staff_shaped:
        yield "Texts that read like staff inside a dimension count as other"
        for dimension, rows in report.staff_shaped.items():
            yield f"  {dimension}: {rows:,} rows"
    if report.proxies:
        yield "Close to one-to-one with staff: join these values with others, or cut by something of the journey"
        for proxy in report.proxies:
            yield f"  {proxy.dimension}{' as a whole' if proxy.whole else ''}: {', '.join(proxy.values)}"
    yield "Share of each metric's rows shown, by view"
    views = sorted({c.view for c in report.coverage})
    metrics = sorted({c.metric for c in report.coverage})
    shares = {(c.metric, c.view): c.share for c in report.coverage}
    width = max((len(m) for m in metrics), default=0)
    yield "  " + " " * width + "".join(f"  {v[:14]:>14}" for v in views)
    for m in metrics:
        cells = (f"{100 * shares[m, v]:.0f} %" if (m, v) in shares else "" for v in views)
        yield f"  {m:<{width}}" + "".join(f"  {c:>14}" for c in cells).rstrip()
    for metric, count in report.withheld.items():
        yield f"  {metric}: {count} periods withheld"
    for kpi, reason in report.refused.items():
        yield f"  {kpi}: refused ({reason})"
    for (base, outcome), n in report.respondents.items():
        unseen = report.unseen.get((base, outcome), 0)
        left = f"; {unseen:,} left out, whose time had not passed when the data ended" if unseen else ""
        yield f"  drivers of {outcome} ({base}): n = {n:,}{left}"
    for (base, outcome), reason in report.no_model.items():
        yield f"  drivers of {outcome} ({base}): refused ({reason})"
    took = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in report.seconds.items())
    yield f"Blocks of one {report.grain}, if staff handled the rows"
    if report.spent:
        most = max(report.spent, key=lambda s: s.per_staff)
        yield (
            f"Publishing budget: {most.per_staff:.1f} of {report.budget} independent numbers per member of staff,"
            f" metric and year at most ({most.metric}, {most.year})"
        )
        if most.per_staff > report.budget:
            yield "  That is too many: choose longer blocks or fewer views. Such a draft cannot be published first."
    for period, rows in report.late.items():
        yield f"  {period}: published before {rows:,} late rows came; they are counted here and added nowhere"
    yield f"Draft release {report.out}: {report.numbers:,} sums, {report.bytes / 1e6:.1f} MB, as of {report.as_of}"
    if report.beside:
        yield "  The published release stands as it was. To put the draft in its place: python -m metrics publish"
    yield f"Build {report.build_id[:12]} in {sum(report.seconds.values()):.1f} s ({took})"
