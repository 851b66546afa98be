"""The writer's bench in the browser: it follows every save, keeps the place, and leads from a problem to its words."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Frame, Page, expect

from elearn.catalogue.bench.server import server
from elearn.catalogue.export import write_folder
from elearn.catalogue.skeleton import skeleton
from elearn.catalogue.stamp import stamp_folder

pytestmark = pytest.mark.one_database
LESSON = "01-begin/first-lesson/lesson.fr.md"


@dataclass
class Bench:
    page: Page
    folder: Path
    address: str
    complaints: list[str]

    def frame(self, name: str) -> Frame:
        found = self.page.frame(name)
        assert found is not None
        return found

    def save(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def bench(app: Flask, chromium: Browser, tmp_path: Path) -> Iterator[Bench]:
    folder = tmp_path / "course"
    write_folder(skeleton("a-new-course", ["en", "ar", "fr"]), folder)
    stamp_folder(folder)
    listening, live = server(folder, app, 0)
    threads = [threading.Thread(target=work, daemon=True) for work in (live.follow, listening.serve_forever)]
    for thread in threads:
        thread.start()
    context = chromium.new_context(viewport={"width": 1600, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield Bench(page, folder, f"http://127.0.0.1:{listening.port}/", complaints)
    context.close()
    live.end()
    listening.shutdown()
    listening.server_close()
    for thread in threads:
        thread.join(30)
    assert complaints == []


def test_both_widths_in_each_language(bench: Bench) -> None:
    bench.page.goto(bench.address)
    assert bench.frame("phone").evaluate("innerWidth") == 390
    assert bench.frame("desk").evaluate("innerWidth") >= 1000
    for lang, direction in (("ar", "rtl"), ("fr", "ltr")):
        bench.page.click(f"[data-lang={lang}]")
        for name in ("phone", "desk"):
            bench.page.frame_locator(f"[name={name}]").locator(f"html[lang={lang}][dir={direction}]").wait_for()
            assert bench.frame(name).evaluate("document.documentElement.scrollWidth <= innerWidth")
    bench.page.click("[data-width=desk]")
    expect(bench.page.locator("[name=phone]")).to_be_hidden()
    assert "width=desk" in bench.page.url and "lang=fr" in bench.page.url


def test_it_follows_a_save_keeps_the_place_and_leads_to_what_is_wrong(bench: Bench) -> None:
    bench.page.goto(f"{bench.address}?lang=fr&step=first-lesson")
    expect(bench.page.locator(".bench-state")).to_have_text("In order")
    phone = bench.frame("phone")
    phone.evaluate("scrollTo({top: 600, behavior: 'instant'})")
    bench.save(LESSON, "> Une citation se tient à part.", "> Une citation [qui mène](step:nowhere) quelque part.")
    remark = bench.page.locator(".bench-remarks li.bad")
    expect(remark).to_contain_text("no step of this course has the id 'nowhere'", timeout=20_000)
    expect(remark.locator(".it")).to_contain_text("step:nowhere")
    bench.page.frame_locator("[name=phone]").get_by_text("quelque part").wait_for()
    phone.wait_for_function("scrollY === 600")
    remark.locator("a").click()
    found = bench.page.frame_locator("[name=phone]").locator(".bench-found")
    expect(found).to_contain_text("Une citation qui mène quelque part")
    expect(found).to_be_in_viewport()
    bench.save(LESSON, "(step:nowhere)", "(step:check-yourself)")
    expect(bench.page.locator(".bench-state")).to_have_text("In order", timeout=20_000)


def test_a_link_inside_the_page_takes_everything_along(bench: Bench) -> None:
    bench.page.goto(f"{bench.address}?lang=ar&step=first-lesson")
    bench.page.frame_locator("[name=phone]").locator("a[href$='check-yourself']").click()
    expect(bench.page.locator(".bench-steps [aria-current]")).to_have_attribute("data-step", "check-yourself")
    bench.page.frame_locator("[name=desk]").locator(".item").first.wait_for()
    assert "step=check-yourself" in bench.page.url and "lang=ar" in bench.page.url
    bench.page.go_back()
    expect(bench.page.locator(".bench-steps [aria-current]")).to_have_attribute("data-step", "first-lesson")
    bench.page.frame_locator("[name=desk]").locator(".chart").first.wait_for()


def test_a_course_that_cannot_be_read_at_first_appears_when_it_can(bench: Bench) -> None:
    sheet = (bench.folder / "course.yaml").read_bytes()
    (bench.folder / "course.yaml").unlink()
    bench.page.goto(bench.address)
    expect(bench.page.locator(".bench-remarks")).to_contain_text("this file is missing", timeout=20_000)
    bench.page.frame_locator("[name=phone]").get_by_text("Nothing to show yet").wait_for()
    (bench.folder / "course.yaml").write_bytes(sheet)
    expect(bench.page.locator(".bench-steps [aria-current]")).to_have_attribute("data-step", "course", timeout=20_000)
    bench.page.frame_locator("[name=phone]").get_by_text("Three small steps").wait_for()
    assert {text.partition(" of ")[2] for text in bench.complaints} == {"404 (NOT FOUND)"}  # inside the frames
    bench.complaints.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("step", ["course", "first-lesson", "check-yourself"])
def test_everybody_can_write(bench: Bench, scheme: str, step: str) -> None:
    bench.save("01-begin/module.yaml", "minutes: 15", "minutes: fifteen")
    bench.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    bench.page.goto(f"{bench.address}?lang=ar&step={step}")
    bench.page.locator(".bench-remarks li").first.wait_for(timeout=20_000)
    found = Axe().run(bench.page, options={"resultTypes": ["violations"]})
    assert [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]] == []
