"""The command line: exit codes 0 done, 1 findings or data errors, 2 wrong use, 3 refused; every help has an example."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from metrics.__main__ import app
from tests.conftest import Demo

ROOT = Path(__file__).parent.parent
RUN = CliRunner()
COMMANDS = (
    "init", "check", "diff", "demo", "build", "publish", "audit", "show", "drivers", "whatif", "value", "schema",
)  # fmt: skip


def run(demo: Demo, *words: str) -> Any:
    return RUN.invoke(app, [*words, "--release", str(demo.release)])


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str) -> None:
    result = RUN.invoke(app, [command, "--help"])
    assert result.exit_code == 0 and f"python -m metrics {command}" in " ".join(result.output.split())


def test_check_finds_no_error_in_the_shipped_strategy() -> None:
    result = RUN.invoke(app, ["check", str(ROOT / "strategy.yaml"), "--as-of", "2026-04-05", "--format", "json"])
    assert result.exit_code == 0
    assert all(f["severity"] != "error" for f in json.loads(result.output))


def test_check_names_file_line_and_column(tmp_path: Path) -> None:
    broken = tmp_path / "strategy.yaml"
    text = (ROOT / "strategy.yaml").read_text(encoding="utf-8")
    broken.write_text(text.replace("used_for: strategy ", "used_for: bonus    "), encoding="utf-8")
    line = next(i for i, t in enumerate(text.splitlines(), 1) if t.startswith("used_for"))
    result = RUN.invoke(app, ["check", str(broken)])
    assert result.exit_code == 1 and f"strategy.yaml:{line}:" in result.output


def test_check_ends_as_strictly_as_it_is_told() -> None:
    """0 without errors; 1 when the shipped file's debts count; 2 for a code there is not."""
    shipped = ["check", str(ROOT / "strategy.yaml"), "--as-of", "2026-04-05"]
    ends = [RUN.invoke(app, [*shipped, "--fail-on", least]).exit_code for least in ("error", "debt", "hint")]
    assert ends == [0, 1, 1]
    assert RUN.invoke(app, ["check", "--explain", "k006"]).exit_code == 0
    unknown = RUN.invoke(app, ["check", "--explain", "Z999"])
    assert unknown.exit_code == 2 and "K006" in unknown.output and "Z999" not in unknown.output
    assert RUN.invoke(app, ["check", "none.yaml"]).exit_code == 1


def test_check_speaks_vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = ["check", str(ROOT / "strategy.yaml"), "--as-of", "2026-04-05"]
    assert "Chưa ai lắng nghe" in RUN.invoke(app, [*shipped, "--lang", "vi"]).output
    monkeypatch.setenv("CX_LANG", "vi")
    assert "Chưa ai lắng nghe" in RUN.invoke(app, shipped).output
    assert "tám điều" in RUN.invoke(app, ["check", "--explain", "Q003"]).output


def test_check_reads_several_files_into_one_sarif_log() -> None:
    files = [str(ROOT / "examples" / name / "strategy.yaml") for name in ("airline", "olist")]
    result = RUN.invoke(app, ["check", *files, "--as-of", "2018-09-01", "--format", "sarif"])
    places = [r["locations"][0]["physicalLocation"] for r in json.loads(result.output)["runs"][0]["results"]]
    assert result.exit_code == 0 and len({p["artifactLocation"]["uri"] for p in places}) == 2


def test_a_target_no_data_can_reach_is_found_with_a_release(demo: Demo, tmp_path: Path) -> None:
    """Promised 99 % on time by the end of June, from 88: only a release can say that this never happened."""
    text = demo.strategy.read_text(encoding="utf-8")
    wish = tmp_path / "strategy.yaml"
    wanted = "{by: 2025-06-30, value: 91}\n      - {by: 2026-06-30, value: 99}"
    wish.write_text(text.replace("{by: 2025-06-30, value: 91}", wanted).replace("value: 92}", "value: 99.5}"), "utf-8")
    words = ["check", str(wish), "--as-of", "2026-04-05", "--format", "json"]
    silent = json.loads(RUN.invoke(app, words).output)
    found = json.loads(run(demo, *words).output)
    assert not [f for f in silent if f["code"] == "T008"]
    line = next(i for i, t in enumerate(wish.read_text("utf-8").splitlines(), 1) if "2026-06-30, value: 99" in t)
    mine = [f for f in found if f["code"] == "T008" and f["line"] == line]
    assert len(mine) == 1 and mine[0]["severity"] == "hint" and "“on_time”" in mine[0]["what"]


def test_the_pre_commit_hook_runs_check(tmp_path: Path) -> None:
    """As pre-commit does: the entry with the names of the changed files that match."""
    hook = YAML(typ="safe", pure=True).load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]
    assert {"id", "name", "entry", "language", "files"} <= set(hook)
    changed = ["strategy.yaml", "examples/olist/strategy.yaml", "strategy.yaml.txt", "data/sources.yaml"]
    matching = [name for name in changed if re.search(hook["files"], name)]
    assert matching == changed[:2]
    words = [sys.executable if w == "python" else w for w in shlex.split(hook["entry"])]
    good = subprocess.run([*words, *matching], cwd=ROOT, capture_output=True, text=True)
    assert good.returncode == 0, good.stdout + good.stderr
    broken = tmp_path / "strategy.yaml"
    broken.write_text("version: 1\nused_for: bonus\n", encoding="utf-8")
    bad = subprocess.run([*words, str(broken)], cwd=ROOT, capture_output=True, text=True)
    assert bad.returncode == 1 and "strategy.yaml:1:1: error M001" in bad.stdout


def test_schema_is_written_to_a_file(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["schema", "--out", str(tmp_path / "s.json")])
    assert result.exit_code == 0 and json.loads((tmp_path / "s.json").read_text("utf-8"))["title"] == "strategy.yaml"


def test_show_prints_the_agreed_shape(demo: Demo) -> None:
    result = run(
        demo, "show", "ticket_csat", "--by", "channel", "--from", "2025-01", "--to", "2025-12", "--format", "json"
    )
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert list(found) == ["kpi", "goal", "unit", "as_of", "grain", "draft", "coverage", "rows"]
    assert found["unit"] == "percent" and found["grain"] == "block" and found["draft"] is True
    for row in found["rows"]:
        assert list(row) == ["period", "dims", "value", "low", "high", "n", "status", "pooled"]
        assert isinstance(row["dims"]["channel"], list) and row["period"].startswith("2025-Q")
        assert row["status"] in ("firm", "indicative", "withheld")


def test_csv_and_table_say_the_same(demo: Demo) -> None:
    words = ("show", "return_90", "--grain", "year")
    rows = list(csv.DictReader(io.StringIO(run(demo, *words, "--format", "csv").output)))
    found = json.loads(run(demo, *words, "--format", "json").output)["rows"]
    assert [float(r["value"]) for r in rows] == [r["value"] for r in found]
    assert "return_90" in run(demo, *words).output


@pytest.mark.parametrize("word", ["agent", "team", "AGENT_ID", "nhân_viên", "supervisor"])
@pytest.mark.parametrize("kpi", ["nps", "tnps", "on_time"])
def test_staff_are_refused_with_one_text(demo: Demo, kpi: str, word: str) -> None:
    result = run(demo, "show", kpi, "--by", word)
    assert result.exit_code == 3
    assert result.output == run(demo, "show", "tnps", "--by", "agent").output


def test_what_no_view_declares_is_refused(demo: Demo) -> None:
    first = run(demo, "show", "tnps", "--by", "channel,channel")
    assert first.exit_code == 3
    assert run(demo, "show", "tnps", "--by", "moon").output == first.output


def test_wrong_use(demo: Demo) -> None:
    result = run(demo, "show", "tnsp")
    assert result.exit_code == 3 and "tnps" in result.output
    assert run(demo, "show", "tnps", "--from", "March").exit_code == 2
    assert RUN.invoke(app, ["show"]).exit_code == 2


def test_a_missing_release_says_what_to_run(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["show", "tnps", "--release", str(tmp_path / "none.duckdb")])
    assert result.exit_code == 1 and "python -m metrics build" in result.output


@pytest.mark.parametrize("kind", ["text", "folder", "other database"])
def test_what_is_no_release_is_said_in_one_line(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "agents.csv"
    if kind == "folder":
        place.mkdir()
    elif kind == "text":
        place.write_text("agent,score\nNV-00001,5\n", encoding="utf-8")
    else:
        with duckdb.connect(str(place)) as connection:
            connection.execute("CREATE TABLE agents (name VARCHAR)")
    result = RUN.invoke(app, ["show", "tnps", "--release", str(place)])
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
    assert len(result.output.strip().splitlines()) == 1 and "python -m metrics build" in result.output


def test_digits_of_another_script_are_no_month(demo: Demo) -> None:
    """Compared as text they stand after every month: an empty answer would look like a period without customers."""
    assert run(demo, "show", "tnps", "--from", "２０２５-01").exit_code == 2


def test_a_kpi_without_drivers_is_not_called_unknown(demo: Demo) -> None:
    result = run(demo, "drivers", "--outcome", "tnps")
    assert result.exit_code == 3 and "return_180" in result.output and "no KPI" not in result.output


def test_a_broken_source_leaves_the_last_release(demo: Demo, tmp_path: Path) -> None:
    release = tmp_path / "release.duckdb"
    release.write_bytes(demo.release.read_bytes())
    sources = tmp_path / "sources.yaml"
    sources.write_text("as_of: 2026-04-05\nfiles:\n  - file: nothing.csv\n    tables: []\n", encoding="utf-8")
    result = RUN.invoke(
        app, ["build", "--strategy", str(demo.strategy), "--sources", str(sources), "--out", str(release)]
    )
    assert result.exit_code == 1 and "sources.yaml" in result.output + str(result.stderr)
    assert release.read_bytes() == demo.release.read_bytes()


def test_drivers_prints_the_agreed_shape(demo: Demo) -> None:
    found = json.loads(run(demo, "drivers", "--format", "json").output)
    assert list(found)[:5] == ["outcome", "outcome_kind", "r2", "n", "rows"]
    assert found["draft"] is True and found["outcome"] == "return_180" and found["outcome_kind"] == "behaviour"
    names = ["driver", "share", "low", "high", "tier", "effect", "effect_low", "effect_high"]
    assert all(list(r)[:8] == names for r in found["rows"])
    assert sum(r["share"] for r in found["rows"]) == pytest.approx(100, abs=0.5)


def test_schema_is_json(demo: Demo) -> None:
    found = json.loads(RUN.invoke(app, ["schema"]).output)
    assert "kpis" in found["properties"]


@pytest.mark.parametrize("words", [("show", "tnps"), ("show", "tnps", "--by", "channel"), ("drivers",)])
def test_every_row_of_a_csv_says_whether_it_is_a_draft(demo: Demo, words: tuple[str, ...]) -> None:
    rows = list(csv.DictReader(io.StringIO(run(demo, *words, "--format", "csv").output)))
    assert rows and {row["draft"] for row in rows} == {"True"}
    assert ", draft" in " ".join(run(demo, *words).output.split())


def test_drivers_of_a_stage_a_segment_and_a_period(demo: Demo) -> None:
    found = json.loads(run(demo, "drivers", "--segment", "segment=young", "--format", "json").output)
    assert found["segment"] == ["segment", "young"] and found["n"] < 1000
    found = json.loads(run(demo, "drivers", "--period", "2025-H1", "--format", "json").output)
    assert found["period"] == "2025-H1" and found["outcome"] == "return_180"
    words = ("--outcome", "return_90", "--stage", "installation", "--format", "json")
    found = json.loads(run(demo, "drivers", *words).output)
    assert (found["base"], found["stage"], found["rows"][0]["driver"]) == (
        "customers", "installation", "installed_on_day",
    )  # fmt: skip


def test_a_model_of_too_few_is_refused_like_one_that_is_not_cleared(demo: Demo) -> None:
    result = run(demo, "drivers", "--segment", "segment=small_business")
    other = run(demo, "drivers", "--segment", "segment=moon")
    assert result.exit_code == other.exit_code == 3 and result.output == other.output


def test_what_was_not_fitted_is_refused_with_one_text(demo: Demo) -> None:
    results = [run(demo, "drivers", *words) for words in (("--period", "2031-H1"), ("--segment", "segment=moon"))]
    assert {r.exit_code for r in results} == {3} and len({r.output for r in results}) == 1


def test_whatif_prints_the_chain_with_its_evidence(demo: Demo) -> None:
    found = json.loads(run(demo, "whatif", "on_time", "--to", "92", "--format", "json").output)
    assert (found["outcome"], found["evidence"], found["nothing"]) == ("return_90", "observed", False)
    assert found["change_low"] < found["change"] < found["change_high"] and found["n"] > 5000
    assert found["whole"][0] < found["change"], "not every order is delivered"
    assert found["money"]["currency"] == "VND" and found["money"]["amount"][1] > 0
    assert [step["drives"] for step in found["chain"]] == ["return_90"]


def test_whatif_lists_what_can_be_moved(demo: Demo) -> None:
    rows = json.loads(run(demo, "whatif", "--format", "json").output)
    assert {"on_time", "installed_on_day", "complaints_24h"} <= {r["kpi"] for r in rows}
    assert all(r["low"] <= r["now"] <= r["high"] for r in rows)
    stage = json.loads(run(demo, "whatif", "delivery", "--format", "json").output)
    assert {r["kpi"] for r in stage} <= {"on_time", "on_time_central", "on_time_other", "csat_delivery"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("on_time", "--to", "99.9"), 3, "nobody is there to compare with"),
        (("cost_to_serve", "--to", "1"), 3, "no signal"),
        (("on_tiem", "--to", "90"), 3, "on_time"),
        (("delivery", "--to", "90"), 2, "Say which KPI"),
    ],
)
def test_whatif_refuses(demo: Demo, words: tuple[str, ...], code: int, said: str) -> None:
    result = run(demo, "whatif", *words)
    assert result.exit_code == code and said in " ".join(result.output.split())
