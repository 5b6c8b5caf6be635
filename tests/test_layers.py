"""The house stays as drawn in ARCHITECTURE.md: dependencies point down, and pages stay thin."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: From top to bottom. A module may import its own layer's package and anything further down.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("dashboard",),
    ("pages",),
    ("pages.parts",),
    ("metrics.__main__",),
    ("metrics.commands",),
    ("metrics.headlines",),
    ("metrics.charts", "metrics.exports"),
    ("metrics.closeup", "metrics.moves"),
    ("metrics.mix",),
    (
        "metrics.journey",
        "metrics.drivers",
        "metrics.value",
        "metrics.tree",
        "metrics.decisions",
        "metrics.change",
        "metrics.chance",
    ),
    ("metrics.standing",),
    ("metrics.labels",),
    ("metrics.answers",),
    ("metrics.joining", "metrics.guarantee"),
    ("metrics.build",),
    ("metrics.release",),
    ("metrics.loyalty",),
    ("metrics.sources",),
    ("metrics.clearing", "metrics.engines", "metrics.demo"),
    ("metrics.strategy",),
    ("metrics.kpis",),
    ("metrics.strategy.model", "metrics.strategy.workforce"),
    ("metrics.strategy.shapes",),
    ("metrics.periods", "metrics.refusals", "metrics.tally"),
    ("metrics.words", "metrics.errors"),
)

#: What must never be imported, and where.
FORBIDDEN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("metrics", ("streamlit",)),
    ("pages", ("pandas", "duckdb", "ibis", "plotly", "numpy", "pyarrow", "metrics.build", "metrics.sources")),
    ("pages.parts", ("pandas", "duckdb", "ibis", "numpy", "pyarrow", "metrics.build", "metrics.sources")),
    ("dashboard", ("pandas", "duckdb", "ibis", "plotly", "numpy", "pyarrow", "metrics.build", "metrics.sources")),
    ("metrics.answers", ("ibis", "metrics.build", "metrics.sources", "metrics.engines", "metrics.clearing")),
    ("metrics.kpis", ("ibis", "duckdb", "pandas")),
    ("metrics.clearing", ("duckdb", "ibis", "pandas", "pathlib")),
)


def modules() -> dict[str, Path]:
    files = [ROOT / "dashboard.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("metrics/**/*.py")]
    found = {}
    for path in files:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


MODULES = modules()


def imports(path: Path) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def inside(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def layer(name: str) -> tuple[int, str] | None:
    """(depth, package) of the most specific layer a dotted name belongs to."""
    best: tuple[int, str] | None = None
    for depth, packages in enumerate(LAYERS):
        for package in packages:
            if inside(name, package) and (best is None or len(package) > len(best[1])):
                best = (depth, package)
    return best


@pytest.mark.parametrize("name", sorted(MODULES))
def test_dependencies_point_down(name: str) -> None:
    own = layer(name)
    assert own or name == "metrics", f"{name} has no layer: give it one in tests/test_layers.py and ARCHITECTURE.md"
    for line, target in imports(MODULES[name]):
        other = layer(target)
        if own and other and other[1] != own[1]:
            assert other[0] > own[0], f"{MODULES[name].name}:{line} imports {target}, which lies above or beside it"


@pytest.mark.parametrize(("package", "names"), FORBIDDEN)
def test_forbidden_imports(package: str, names: tuple[str, ...]) -> None:
    for module, path in MODULES.items():
        own = layer(module)
        if not inside(module, package) or (package == "pages" and own and own[1] != "pages"):
            continue
        for line, target in imports(path):
            assert not any(inside(target, n) for n in names), f"{path.name}:{line} imports {target}"


def test_no_file_is_long_and_no_name_is_empty() -> None:
    for path in [*MODULES.values(), *ROOT.glob("tests/**/*.py"), *ROOT.glob("benchmarks/*.py")]:
        length = len(path.read_text(encoding="utf-8").splitlines())
        assert length <= 400, f"{path.relative_to(ROOT)} has {length} lines"
        assert path.stem not in ("utils", "util", "helpers", "helper", "manager", "base", "common", "misc")


def test_only_answers_builds_answers() -> None:
    for name, path in MODULES.items():
        if name == "metrics.answers":
            continue
        calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        assert not any(isinstance(c.func, ast.Name) and c.func.id == "Answer" for c in calls), name


def test_a_planted_wrong_import_is_found(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from metrics.build import build\nimport streamlit.web\n", encoding="utf-8")
    found = [target for _, target in imports(wrong)]
    assert layer(found[0]) is not None and inside(found[1], "streamlit")
    assert layer("pages.tree") == (1, "pages") and layer("metrics.strategy.model.KPI") == (21, "metrics.strategy.model")
