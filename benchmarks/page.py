"""What a page rerun costs beside an empty Streamlit page, in one run: ``python benchmarks/page.py [RELEASE ...]``.

Three servers run side by side on loopback, and a client speaks Streamlit's own protocol to them in turn, so that a busy
machine slows all alike: the dashboard, an empty script as Streamlit ships it (``empty``), and an empty script without
the collector's round after each run, as the dashboard is set (``bare``, the hardest floor). Printed for every page and
release: p50 of the wall time of a rerun and its ratio to the empty page's, server CPU per rerun (user and system, all
threads), the first visit of a period that nobody has seen (nothing kept yet), and what is sent. Aim: p50 at most 1.5
times the empty page's and at most 25 ms CPU, alike for 100 thousand and 1 million contacts: pages read sums, not rows.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.typing import Subprotocol

from tests.pages.looking import PAGES
from tests.pages.serving import ROOT, Served, serve

WARM, RERUNS, SECONDS = 5, 40, 240
PERIODS = tuple(f"{year}-Q{quarter}" for year in (2024, 2025) for quarter in (1, 2, 3, 4))
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass(eq=False)
class Session:
    """One reader. Sends a rerun and waits for the end of the script, as a browser does; counts what comes back."""

    url: str
    page: str
    known: set[str] = field(default_factory=set)
    script_hash: str = ""
    bytes: int = 0
    messages: int = 0
    exceptions: int = 0

    async def __aenter__(self) -> Session:
        address = f"ws://{urlsplit(self.url).netloc}/_stcore/stream"
        self._socket = await websockets.connect(
            address, subprotocols=[Subprotocol("streamlit")], max_size=None, compression=None, ping_interval=None
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def rerun(self, query: str = "lang=en") -> float:
        """Milliseconds from the request to the end of the script."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name = query, self.page
        state.page_script_hash = self.script_hash
        state.cached_message_hashes.extend(self.known)
        state.context_info.timezone, state.context_info.locale = "UTC", "en-US"
        state.context_info.url = f"{self.url}/{self.page}"
        self.bytes = self.messages = 0
        start = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        while not await self._finished():
            pass
        return 1000 * (time.perf_counter() - start)

    async def _finished(self) -> bool:
        raw = await asyncio.wait_for(self._socket.recv(), 60)
        self.bytes, self.messages = self.bytes + len(raw), self.messages + 1
        message = ForwardMsg()
        message.ParseFromString(raw)
        if message.metadata.cacheable and message.hash:
            self.known.add(message.hash)
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.script_hash = message.navigation.page_script_hash
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            self.exceptions += 1
        return kind == "script_finished" and message.script_finished in FINISHED


def cpu(pid: int) -> float:
    """User and system milliseconds of a process so far; 0 where /proc does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    page: str
    p50: float
    floor: float
    cpu: float
    floor_cpu: float
    bare: float
    first: float
    kilobytes: float
    messages: int
    exceptions: int

    @property
    def ratio(self) -> float:
        return self.p50 / self.floor

    def line(self) -> str:
        return (
            f"  {self.page or '/':14} p50 {self.p50:5.1f} ms, empty {self.floor:5.1f} (bare {self.bare:4.1f}),"
            f" ratio {self.ratio:4.2f};"
            f" CPU {self.cpu:5.1f} ms a rerun, empty {self.floor_cpu:4.1f}; unseen period {self.first:5.0f} ms CPU;"
            f" {self.kilobytes:5.1f} kB in {self.messages} messages"
            + (f"; {self.exceptions} EXCEPTIONS" if self.exceptions else "")
        )


async def measure(page: str, dashboard: Served, empty: Served, bare: Served, reruns: int) -> Measured:
    """Reruns of a page and of the empty ones in turn, in open sessions."""
    async with Session(dashboard.url, page) as real, Session(empty.url, "") as floor, Session(bare.url, "") as least:
        firsts = []
        for period in PERIODS:
            before = cpu(dashboard.pid)
            await real.rerun(f"lang=en&period={period}")
            firsts.append(cpu(dashboard.pid) - before)
        for _ in range(WARM):
            for session in (real, floor, least):
                await session.rerun()
        walls: dict[Session, list[float]] = {real: [], floor: [], least: []}
        start, start_empty = cpu(dashboard.pid), cpu(empty.pid)
        for _ in range(reruns):
            for session, wall in walls.items():
                wall.append(await session.rerun())
        return Measured(
            page=page,
            p50=statistics.median(walls[real]),
            floor=statistics.median(walls[floor]),
            cpu=(cpu(dashboard.pid) - start) / reruns,
            floor_cpu=(cpu(empty.pid) - start_empty) / reruns,
            bare=statistics.median(walls[least]),
            first=statistics.median(firsts),
            kilobytes=real.bytes / 1024,
            messages=real.messages,
            exceptions=real.exceptions,
        )


async def run(releases: list[Path], pages: tuple[str, ...], reruns: int) -> list[Measured]:
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        entry = folder / "empty.py"
        entry.write_text('"""Nothing."""\n')
        no_rounds = ("--runner.postScriptGC", "false")
        with serve(folder, entry=entry) as empty, serve(folder, entry=entry, settings=no_rounds) as bare:
            for release in releases:
                print(f"{release} ({release.stat().st_size / 1e6:.1f} MB)")
                with serve(folder, release) as dashboard:
                    for page in pages:
                        measured = await measure(page, dashboard, empty, bare, reruns)
                        print(measured.line(), flush=True)
                        found.append(measured)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", nargs="*", type=Path, default=[ROOT / "data" / "release.duckdb"])
    parser.add_argument("--pages", nargs="*", default=("", *PAGES))
    parser.add_argument("--reruns", type=int, default=RERUNS)
    asked = parser.parse_args()
    missing = [r for r in asked.releases if not r.exists()]
    if missing:
        print("There is no release at", *missing, "- run `make build`, or give the path of one.")
        return 2
    found = asyncio.run(
        asyncio.wait_for(run(asked.releases, tuple(asked.pages), asked.reruns), SECONDS * len(asked.releases))
    )
    worst = max(found, key=lambda m: m.ratio)
    dearest = max(found, key=lambda m: m.cpu)
    print(f"worst ratio {worst.ratio:.2f} (aim 1.5), most CPU {dearest.cpu:.1f} ms (aim 25)")
    return int(worst.ratio > 1.5 or dearest.cpu > 25 or any(m.exceptions for m in found))


if __name__ == "__main__":
    sys.exit(main())
