"""The disk: every file a build leaves behind, also one that was killed or ran out of memory, searched byte by byte."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pytest

from metrics.build import build
from metrics.engines.duckdb import SETTINGS, DuckDBEngine
from metrics.release import SCHEMA, Release, write
from metrics.strategy.workforce import is_workforce
from tests.attacks.canary import Company
from tests.attacks.conftest import Tell
from tests.attacks.oracles import Canaries
from tests.attacks.planted import copied
from tests.conftest import AUDIT, ROOT

#: Builds in a process of its own; tells each step, and after the imports may take its memory away.
CHILD = """
import resource, sys
from pathlib import Path
from metrics.build import build
import metrics.loyalty.panel, metrics.words, ibis, duckdb, pyarrow
strategy, sources, out, room, engine_room = sys.argv[1:6]
if int(engine_room):
    connect = duckdb.connect
    def small(database, config=None, **more):
        config = {**(config or {}), "memory_limit": engine_room + "MB"} if database == ":memory:" else config or {}
        return connect(database, config=config, **more)
    duckdb.connect = small
if int(room):
    pages = int(open("/proc/self/statm").read().split()[0])
    limit = pages * resource.getpagesize() + int(room) * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
def step(stage, done, total):
    print(stage, done, flush=True)
build(Path(strategy), Path(sources), Path(out), step)
print("built", flush=True)
"""
PERSONAL = ("customer", "customer_id", "name", "email", "phone", "comment", "text", "contact", "order_id")
STEPS = 20 if AUDIT else 3
ROOMS = (5, 20, 40, 80, 160, 320, 640, 1280, 2560) if AUDIT else (60,)
ENGINE_ROOMS = (3, 6, 12, 20, 28, 34, 60) if AUDIT else (4,)
"""MB that the engine may take."""


class Place:
    """A folder for the release and one for whatever is temporary, both empty at first."""

    def __init__(self, base: Path) -> None:
        self.out, self.temp, self.home = (base / name for name in ("out", "temp", "home"))
        for folder in (self.out, self.temp, self.home):
            folder.mkdir()

    @property
    def env(self) -> dict[str, str]:
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "DUCKDB_TEMP_DIRECTORY"), str(self.temp))
        return {
            **os.environ,
            **temporary,
            "HOME": str(self.home),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(ROOT),
        }

    def files(self) -> list[Path]:
        return [p for folder in (self.out, self.temp, self.home) for p in folder.rglob("*") if p.is_file()]

    def leaks(self, known: Canaries) -> dict[str, set[str]]:
        found = {p.name: known.in_bytes(p.read_bytes()) | known.in_text(p.name) for p in self.files()}
        return {name: names for name, names in found.items() if names}


def start(company: Company, place: Place, room: int = 0, engine_room: int = 0) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", CHILD, str(company.strategy), str(company.sources)]
    words += [str(place.out / "release.duckdb"), str(room), str(engine_room)]
    quiet = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0))}
    return subprocess.Popen(
        words, cwd=place.temp, env=place.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **quiet
    )  # type: ignore[call-overload, no-any-return]


def ended(child: subprocess.Popen[str]) -> tuple[int, str]:
    try:
        out, error = child.communicate(timeout=120)
    finally:
        child.kill()
        child.wait(10)
    return child.returncode, out + error


def test_a_build_leaves_one_file_and_nobody_in_it(canary: Company, tmp_path: Path, tell: Tell) -> None:
    place = Place(tmp_path)
    code, said = ended(start(canary, place))
    assert code == 0, said
    assert [p.name for p in place.files()] == ["release.duckdb"]
    assert not place.leaks(canary.known) and not canary.known.in_text(said)
    tell(builds=1, files_searched=1)


def test_the_search_sees_what_is_spilled(canary: Company, tmp_path: Path) -> None:
    """A copy of the rows in a temporary file; a name in the release; a hash in the release; a name of a file."""
    place = Place(tmp_path)
    (place.temp / "spill.tmp").write_bytes(b"\x00" * 999 + (canary.folder / "contacts.csv").read_bytes()[500:900])
    assert set(place.leaks(canary.known)) == {"spill.tmp"}
    (place.temp / "spill.tmp").unlink()
    tables = copied(canary.release)
    for planted in (
        canary.staff[1],
        canary.customers[0],
        __import__("hashlib").sha1(canary.staff[1].encode()).hexdigest(),
    ):
        write(place.out / "release.duckdb", {**tables, "meta": [*tables["meta"], ("note", planted)]})
        assert place.leaks(canary.known)
    (place.out / "release.duckdb").unlink()
    (place.temp / f"{canary.staff[2]}.csv").write_text("x")
    assert place.leaks(canary.known)


def steps_of(company: Company, base: Path) -> int:
    base.mkdir()
    code, said = ended(start(company, Place(base)))
    assert code == 0
    return len(said.splitlines()) - 1


def test_a_killed_build_leaves_nobody_on_the_disk(canary: Company, tmp_path: Path, tell: Tell) -> None:
    """kill -9 at points from the first step to the last; the release that stood there still stands."""
    total = steps_of(canary, tmp_path / "whole")
    points = (
        sorted({round(i * (total - 1) / (STEPS - 1)) for i in range(STEPS)})
        if STEPS > 3
        else [4, total // 2, total - 2]
    )
    before = canary.release.read_bytes()
    searched = 0
    for point in points:
        (tmp_path / str(point)).mkdir()
        place = Place(tmp_path / str(point))
        (place.out / "release.duckdb").write_bytes(before)
        child = start(canary, place)
        assert child.stdout is not None
        for _ in range(point + 1):
            child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
        child.communicate(timeout=30)
        assert not place.leaks(canary.known), point
        searched += len(place.files())
        release = Release(place.out / "release.duckdb")
        assert release.meta["build_id"]
        release.close()
    tell(kills=len(points), files_searched=searched)


@pytest.mark.parametrize("room", ROOMS)
def test_a_build_without_memory_leaves_nobody_on_the_disk(
    canary: Company, tmp_path: Path, room: int, tell: Tell
) -> None:
    """So many MB above what the imports took: it may fail, but spills nothing and says no name."""
    place = Place(tmp_path)
    before = canary.release.read_bytes()
    (place.out / "release.duckdb").write_bytes(before)
    code, said = ended(start(canary, place, room=room))
    assert not place.leaks(canary.known)
    assert not canary.known.in_text(said)
    assert code == 0 or (place.out / "release.duckdb").read_bytes() == before
    assert [p.name for p in place.files() if p.parent != place.out] == []
    tell(builds_short_of_memory=1, of_which_failed=code != 0)


@pytest.mark.parametrize("room", ENGINE_ROOMS)
def test_an_engine_without_memory_spills_nothing(canary: Company, tmp_path: Path, room: int, tell: Tell) -> None:
    """What does not fit into the engine's memory ends the build; it is never put on the disk."""
    place = Place(tmp_path)
    before = canary.release.read_bytes()
    (place.out / "release.duckdb").write_bytes(before)
    code, said = ended(start(canary, place, engine_room=room))
    assert not place.leaks(canary.known)
    assert not canary.known.in_text(said)
    assert code == 0 or (place.out / "release.duckdb").read_bytes() == before
    assert [p.name for p in place.files() if p.parent != place.out] == []
    tell(engines_short_of_memory=1, of_which_failed=code != 0)


@pytest.mark.parametrize("planted", (False, True))
def test_what_does_not_fit_is_not_put_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planted: bool
) -> None:
    """Ten times more than the engine's memory: it says so and leaves no file; where it may spill, files are seen."""
    if planted:
        kept = (s for s in SETTINGS if "temp_directory" not in s and "external" not in s and "lock" not in s)
        monkeypatch.setattr("metrics.engines.duckdb.SETTINGS", (f"temp_directory = '{tmp_path}'", *kept))
    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda at, config: connect(at, config={**config, "memory_limit": "60MB"}))
    monkeypatch.chdir(tmp_path)
    with DuckDBEngine() as engine:
        names = "SELECT 'NV-' || md5(CAST(range AS VARCHAR)) AS staff FROM range(10000000)"
        if planted:
            engine.create("rows", names)
        else:
            with pytest.raises(duckdb.OutOfMemoryException):
                engine.create("rows", names)
        assert bool(list(tmp_path.iterdir())) is planted


def test_the_release_has_room_for_nobody(canary: Company) -> None:
    """Tables and columns are those that are declared, of plain types, and none is about a person."""
    with duckdb.connect(str(canary.release), read_only=True) as connection:
        columns = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        found = connection.execute(columns).fetchall()
        sizes = {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in SCHEMA}  # type: ignore[index]
        texts = {
            (t, c): [v for (v,) in connection.execute(f'SELECT DISTINCT "{c}" FROM {t}').fetchall()]
            for t, c, kind in found
            if kind == "VARCHAR" and (t, c) != ("strategy", "json")
        }
    assert set(found) == {(t, c, k) for t, columns in SCHEMA.items() for c, k in columns}
    assert {k for _, _, k in found} <= {"VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "DATE", "BOOLEAN"}
    names = {c for _, c, _ in found} | {t for t, _, _ in found} - {"driver_model"}
    assert not [n for n in names if n != "driver" and (is_workforce(n) or n in PERSONAL)]
    assert not canary.known.in_text("\n".join(str(v) for values in texts.values() for v in values))
    longest = max(len(str(v)) for values in texts.values() for v in values)
    assert longest <= 64, "no free text"
    assert sizes["strategy"] == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SET enable_external_access = true", "SET lock_configuration = false", "COPY meta TO '/tmp/x.csv'",
        "ATTACH '/tmp/x.duckdb'", "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/hostname'",
        "INSTALL httpfs", "LOAD httpfs", "EXPORT DATABASE '/tmp/x'", "SET temp_directory = '/tmp'",
    ],
)  # fmt: skip
def test_an_open_release_reaches_nothing_outside(canary: Company, sql: str) -> None:
    release = Release(canary.release)
    with pytest.raises(duckdb.Error):
        release._rows(sql)
    release.close()


def test_nothing_goes_to_the_usual_temporary_folder(
    canary: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process too: the folder that tempfile names stays empty."""

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    build(canary.strategy, canary.sources, tmp_path / "release.duckdb")
    assert list((tmp_path / "t").iterdir()) == []
