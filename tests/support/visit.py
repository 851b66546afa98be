"""A person at a real browser: goes to pages, fills in forms, and looks at each page as its reader would have to."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from elearn.core.i18n import direction

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
Values = Mapping[str, str | Sequence[str]]


class Visit:
    """One browser window of its own; every page that opens in it is looked at."""

    def __init__(
        self,
        browser: Browser,
        site: str,
        lang: str,
        *,
        width: int = 1280,
        scripts: bool = True,
        dark: bool = False,
        audit: bool = False,
    ) -> None:
        """`audit`: let axe look at each page once; test_every_page does so for every page in plain light."""
        self.site, self.lang, self.scripts = site, lang, scripts
        self._context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": 844},
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            locale=lang,
            reduced_motion="reduce",
        )
        self.page: Page = self._context.new_page()
        self.problems: list[str] = []
        self._audited: set[str] | None = set() if audit else None
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._heard)

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.problems.append(f"{self.page.url}: {said.text}")

    def close(self) -> None:
        self._context.close()

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        return self.page.inner_text("main")

    def go(self, address: str) -> None:
        """Open a page by its address."""
        self._arrived(self.page.goto(address))

    def sign_in(self, email: str, password: str) -> None:
        """Sign in, and choose this window's language: the account may have another."""
        self.page.goto("/sign-in")
        self.fill({"email": email, "password": password})
        self.page.locator("main form button.button").click()
        self.page.wait_for_url("**/me/")
        self.page.locator(f"form.languages button[value={self.lang}]").click()
        self.page.wait_for_selector(f"html[lang={self.lang}]")
        self.look()

    def press(self, selector: str) -> None:
        """Press a button or follow a link that leads to another page."""
        with self.page.expect_navigation() as arriving:
            self.page.locator(selector).first.click()
        self._arrived(arriving.value)

    def fill(self, values: Values) -> None:
        """Fill in fields by their names; ticks and choices by their values."""
        for name, value in values.items():
            field = self.page.locator(f"main [name='{name}']")
            kind = field.first.evaluate("e => e.type")
            if kind in ("radio", "checkbox"):
                for one in [value] if isinstance(value, str) else value:
                    self.page.locator(f"main [name='{name}'][value='{one}']").check()
            elif kind == "select-one":
                field.select_option(value)
            else:
                field.fill(value if isinstance(value, str) else value[0])

    def send(self, values: Values | None = None, button: str = "main form[method=post] button.button") -> None:
        """Fill in and send the page's form."""
        self.fill(values or {})
        self.press(button)

    def download(self, selector: str) -> bytes:
        """Press what gives a file; the file."""
        with self.page.expect_download() as arriving:
            self.page.locator(selector).first.click()
        return Path(arriving.value.path()).read_bytes()

    def _arrived(self, response: Response | None) -> None:
        assert response is None or response.status < 400, f"{response.status} at {response.url}\n{self.text}"
        self.look()

    def look(self) -> None:
        """What must hold wherever one is: language, direction, nothing wider than the screen, nothing axe finds."""
        root = self.page.locator("html")
        assert root.get_attribute("lang") == self.lang, self.page.url
        assert root.get_attribute("dir") == direction(self.lang), self.page.url
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the screen"
        kind = re.sub(r"[0-9A-Z]{20,}|[0-9]+", "…", self.path)
        if self._audited is not None and kind not in self._audited:
            self._audited.add(kind)
            found = Axe().run(self.page, options=RULES)
            assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        assert self.problems == []
