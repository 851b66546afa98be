"""The Chromium that browser tests drive: the system's, or the one Playwright brought."""

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from playwright.sync_api import Browser, Playwright, sync_playwright


def executable() -> str | None:
    """Where the system's browser is; None lets Playwright look for its own."""
    named = os.environ.get("CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("google-chrome")


@cache
def _driver() -> Playwright:
    """The driver of this process: Playwright refuses a second one beside it, so it is started once and stays."""
    driver = sync_playwright().start()
    atexit.register(driver.stop)
    return driver


@contextmanager
def launched(*arguments: str) -> Iterator[Browser]:
    """A headless Chromium for the length of the block; blocks may stand inside one another."""
    # A container has no user namespaces for the sandbox; it visits only pages of ours.
    browser = _driver().chromium.launch(executable_path=executable(), args=["--no-sandbox", *arguments])
    try:
        yield browser
    finally:
        browser.close()
