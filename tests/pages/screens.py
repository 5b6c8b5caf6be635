"""Pictures of every page to look at: ``python tests/pages/screens.py shots --release data/release.duckdb``.

1440 and 390 pixels wide, light and dark, English and Vietnamese. The folder ``shots`` is ignored by git."""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import sync_playwright

from tests.pages.looking import PAGES, Look
from tests.pages.serving import CHROMIUM, FLAGS, ROOT, serve

LONGEST = 9000
"""Pixels; a page longer than this is cut."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--release", type=Path, default=ROOT / "data" / "release.duckdb")
    parser.add_argument("--pages", nargs="*", default=PAGES, choices=PAGES)
    parser.add_argument("--langs", nargs="*", default=("en", "vi"), choices=("en", "vi"))
    parser.add_argument("--themes", nargs="*", default=("light", "dark"), choices=("light", "dark"))
    parser.add_argument("--widths", nargs="*", type=int, default=(1440, 390))
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), asked.release) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for page, lang, theme, width in product(asked.pages, asked.langs, asked.themes, asked.widths):
            with Look(browser, served.url, width=width, dark=theme == "dark") as look:
                look.open(f"/{page}?lang={lang}")
                tall = look.page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
                look.page.set_viewport_size({"width": width, "height": max(800, min(int(tall) + 40, LONGEST))})
                look.page.wait_for_timeout(900)
                name = f"{page}-{lang}-{theme}-{width}.png"
                look.page.screenshot(path=asked.folder / name)
                print(name, flush=True)
        browser.close()


if __name__ == "__main__":
    main()
