"""Somebody at a browser who has only a keyboard; at each stop of the Tab key the focus must be seen."""

from typing import Any

from playwright.sync_api import Page

FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  return {
    html: one.outerHTML.slice(0, 120),
    top: box.top + scrollY, bottom: box.bottom + scrollY, left: box.left, right: box.right,
    rtl: getComputedStyle(one.parentElement).direction === 'rtl',
    seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


class Keyboard:
    """`to("a[href='/me/']")` presses Tab until it is there; `follow()` presses Enter and waits for the next page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab(self) -> dict[str, Any] | None:
        """One press of Tab: what has the focus then, None at the end of the page."""
        self.page.keyboard.press("Tab")
        focus: dict[str, Any] | None = self.page.evaluate(FOCUS)
        if focus is not None:
            assert focus["seen"], f"the focus cannot be seen: {focus['html']}"
            assert focus["inside"], f"the focus is out of sight: {focus['html']}"
        return focus

    def to(self, selector: str) -> None:
        """Tab on until something that matches has the focus."""
        for _press in range(120):
            if self.tab() is None:
                break
            if self.on(selector):
                return
        raise AssertionError(f"Tab does not lead to {selector} at {self.page.url}")

    def on(self, selector: str) -> bool:
        return bool(self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector))

    def write(self, name: str, text: str) -> None:
        """Tab to a field of the page's form; type, or choose by typing."""
        self.to(f"main [name='{name}']")
        self.page.keyboard.type(text)

    def press(self, selector: str, key: str = "Enter") -> None:
        self.to(selector)
        self.page.keyboard.press(key)

    def follow(self, selector: str) -> None:
        """Tab to a link or a button, press Enter, and arrive."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
