"""What the attacks did, in one line each after the test run: counted by each test, added up over all of them."""

from __future__ import annotations

from typing import Any

KEY = "attack"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints ``differencing: 20 worlds, 0 isolating combinations, ...`` for every attack that told something."""
    lines: dict[str, dict[str, int]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == KEY and report.when == "call":
                    attack, counts = value
                    line = lines.setdefault(attack, {})
                    for what, count in counts.items():
                        line[what] = line.get(what, 0) + count
    if lines:
        terminalreporter.section("attacks")
        for attack, line in sorted(lines.items()):
            said = ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in line.items())
            terminalreporter.write_line(f"{attack}: {said}")
