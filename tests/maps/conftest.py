"""A browser for map pages: Chromium, as Debian installs it or as CHROMIUM names it."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
# WebGL without a graphics card.
ARGUMENTS = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None and "CI" not in os.environ:
        pytest.skip("no Chromium is installed; install one, or let CHROMIUM name it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()
