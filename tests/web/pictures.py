"""Takes the pictures of docs/page.md anew: ``python -m web.pictures [FOLDER]`` (in tests/), docs/images without one.

What they show is what the tour says beside them.  They are taken as the browser draws them; a program that leaves 256
colours of each makes them a third as large.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from web.test_browser import FLAGS, Served, holds, opened, row, run

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

FOLDER = Path(__file__).parents[2] / "docs" / "images"


def take(browser: Browser, server: Served, folder: Path) -> None:
    """Take all of them."""
    for tab in opened(browser, server):
        run(tab)
        _follow_a_row(tab, folder)
        _step(tab, folder)
    for width, scheme, name in (
        (1600, "light", "page"),
        (1000, "dark", "page-1000"),
        (500, "light", "page-500"),
    ):
        for tab in opened(browser, server, scheme=scheme):
            tab.set_viewport_size({"width": width, "height": 1000 if width > 500 else 860})
            run(tab)
            tab.locator("#tab-plan").click()
            row(tab, "plan", "IndexScan").click()
            tab.screenshot(path=folder / f"{name}.png")
    for tab in opened(browser, server):
        _move_the_slider(tab, folder)


def _follow_a_row(tab: Tab, folder: Path) -> None:
    """The row that is kept lit, its cells, and one of them among the bytes."""
    tab.locator("#pane-rows tbody td.index").nth(1).click()
    tab.wait_for_selector("#pane-page .cell.lit")
    tab.wait_for_selector("#pane-rows .origins .chip")
    tab.mouse.move(700, 600)
    tab.screenshot(path=folder / "page-row.png")
    tab.locator("#pane-page").screenshot(path=folder / "page-bytes.png")
    tab.keyboard.press("Escape")


def _step(tab: Tab, folder: Path) -> None:
    """The debugger before the first row."""
    tab.locator("#tab-syntax").click()
    tab.locator("#tab-debug").click()
    tab.locator("#pane-debug button", has_text="Step through").click()
    tab.locator("#pane-debug input").fill("ResultColumns")
    tab.keyboard.press("Enter")
    holds(tab, "document.querySelector('#pane-debug .standing').textContent.includes('ResultColumns')")
    tab.screenshot(path=folder / "page-debugger.png")


def _move_the_slider(tab: Tab, folder: Path) -> None:
    """The plan of a join after a pass that has moved a condition."""
    tab.select_option("#examples", label="The order of a join")
    holds(tab, "document.querySelector('#pane-plan').textContent.includes('Join')")
    slider = tab.locator("#pane-plan input[type=range]")
    slider.focus()
    while "push_predicates" not in tab.locator("#pane-plan .pass").inner_text():
        tab.keyboard.press("ArrowLeft")
    row(tab, "plan", "bell AS b").hover()
    tab.locator("#pane-plan").screenshot(path=folder / "page-plan.png")


def main(folder: Path) -> None:
    """Serve the sample, and take its pictures."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (an extra)

    program = os.environ.get("FOUNDRYDB_CHROMIUM") or shutil.which("chromium")
    server = Served()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        take(browser, server, folder)
        browser.close()
    server.end()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
