"""The compiler: what a course becomes, and every way in which a folder can be broken, with its line."""

import io
import random
import zlib
from pathlib import Path

import pytest
from PIL import Image

from elearn.catalogue.folder import read_folder
from elearn.catalogue.source import compile
from elearn.catalogue.stamp import stamp
from elearn.catalogue.yamlread import Problem
from tests.support.small_course import KINDS, SVG, changed, compiled, edited, files, problems

pytestmark = pytest.mark.one_database

COURSE, MODULE = "course.yaml", "01-only/module.yaml"
LESSON, FRENCH = "01-only/first-lesson/lesson.en.md", "01-only/first-lesson/lesson.fr.md"
QUIZ = "01-only/the-check/quiz.yaml"


def png(width: int = 4, height: int = 4) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "PNG")
    return out.getvalue()


def test_a_course_in_order() -> None:
    course = compiled()
    assert (course.slug, course.languages, course.result_step) == ("small-course", ("en", "fr"), "the-check")
    assert course.texts["fr"].title == "Compter juste"
    assert [(s.position, s.key, s.module, s.kind, s.required, s.minutes) for s in course.steps] == [
        (1, "first-lesson", "only", "lesson", True, 20),
        (2, "second-lesson", "only", "lesson", False, 10),
        (3, "the-check", "only", "quiz", True, 15),
    ]
    assert course.minutes == 45
    assert [asset.path for asset in course.assets] == ["assets/bars.svg"]
    assert course.credits["fr"].reviewed_by == "Une relectrice"
    first = course.steps[0]
    assert first.objectives == ("o1",)
    assert first.content.texts["en"].payload == {"summary": "Why one counts.", "outline": [[2, "one", "One"]]}
    assert (
        f'src="/courses/small-course/files/{course.assets[0].sha256[:16]}/bars.svg"' in first.content.texts["en"].html
    )
    assert 'href="/courses/small-course/learn/second-lesson"' in first.content.texts["en"].html
    assert first.weights["en"].pictures == len(SVG)
    assert (course.completeness("en"), course.completeness("fr"), course.completeness("ar")) == (1.0, 2 / 3, 0.0)


def test_a_missing_translation_is_read_in_the_default_language() -> None:
    lang, text = compiled().steps[1].text("fr", "en")
    assert (lang, text.title) == ("en", "Counting again")


def test_the_weight_of_a_course_counts_each_picture_once() -> None:
    course = compiled()
    assert course.weight("en") == sum(step.weights["en"].text for step in course.steps) + len(SVG)


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (COURSE, "theme:", "colour: blue\ntheme:", "course.yaml:4: 'colour' is not a known key"),
        (COURSE, "title: {en: Counting fairly, ", "title: {", "course.yaml:6: 'en' is missing"),
        (COURSE, "title: {en: Counting fairly,", "title: {en: '',", "course.yaml:6: 'en' is empty"),
        (COURSE, "id: small-course", "id: Small Course", "course.yaml:1: 'id' may hold only"),
        (COURSE, "id: small-course\n", "", "course.yaml:1: 'id' is missing"),
        (COURSE, "[en, fr]", "[en, de]", "course.yaml:2: 'de' is not one of en, ar, fr"),
        (COURSE, "[en, fr]", "[en, fr, en]", "course.yaml:2: 'en' stands twice"),
        (COURSE, "default_language: en", "default_language: ar", "course.yaml:3: 'default_language' must be one of"),
        (COURSE, "theme: cash-transfers", "theme: cash", "course.yaml:4: 'theme' must be one of"),
        (COURSE, "introductory", "easy", "course.yaml:5: 'level' must be one of"),
        (COURSE, ", fr: Compter les gens sans les oublier.", "", "course.yaml:7: 'summary' has no 'fr'"),
        (COURSE, "id: o1", "id: o2", "01-only/module.yaml:7: the course has no objective 'o1'"),
        (COURSE, "completion:", "  - {id: o1, text: {en: Twice.}}\ncompletion:",
         "course.yaml:12: two objectives have the id 'o1'"),
        (COURSE, "result: the-check", "result: no-check", "course.yaml:12: 'result' names no step"),
        (COURSE, "result: the-check", "result: first-lesson", "course.yaml:12: 'result' must be a step with a score"),
        (COURSE, "kind: completion", "kind: diploma", "course.yaml:15: 'kind' must be one of completion"),
        (COURSE, "fr: {translated_by", "tr: {translated_by", "course.yaml:18: 'tr' is not a language of this course"),
        (COURSE, "2026-11-21", "21 Nov", "course.yaml:17: 'date' is a date like 2026-11-21"),
        (COURSE, "academy@example.org", "the academy", "course.yaml:19: 'contact' is not an e-mail address"),
        (COURSE, "[01-only]", "[01-only, 02-none]", "course.yaml:20: there is no folder '02-none'"),
        (COURSE, "[01-only]", "[01-only, 01-only]", "course.yaml:20: '01-only' stands twice"),
        (COURSE, "[01-only]", "[01-only, ../other]", "course.yaml:20: '../other' is not the name of a folder"),
        (COURSE, "level: introductory", "level: [", "course.yaml:"),
        (COURSE, "{en: Counting fairly,", "{en: &a Counting fairly,", "course.yaml:6: anchors and aliases"),
        (COURSE, "theme: cash-transfers", "theme: cash-transfers\ntheme: waqf", "course.yaml:5: 'theme' stands twice"),
        (MODULE, "id: only", "id: only\nnumber: 1", "01-only/module.yaml:2: 'number' is not a known key"),
        (MODULE, "kind: quiz", "kind: game", "01-only/module.yaml:13: 'kind' must be one of lesson, quiz"),
        (MODULE, "minutes: 20", "minutes: twenty", "01-only/module.yaml:6: 'minutes' must be a number"),
        (MODULE, "minutes: 20", "minutes: 0", "01-only/module.yaml:6: 'minutes' must be between"),
        (MODULE, "minutes: 20", "minutes: .nan", "01-only/module.yaml:6: 'minutes' must be"),
        (MODULE, "    minutes: 20\n", "", "01-only/module.yaml:4: 'minutes' is missing"),
        (MODULE, "required: false", "required: maybe", "01-only/module.yaml:11: 'required' must be true or false"),
        (MODULE, "id: second-lesson", "id: first-lesson", "01-only/module.yaml:8: two steps of this course"),
        (MODULE, "id: second-lesson", "id: third-lesson", "01-only/module.yaml:8: there is no folder 'third-lesson'"),
        (MODULE, "id: second-lesson", "id: third-lesson", "01-only/module.yaml:3: the folder 'second-lesson' is not"),
        (LESSON, "title: Counting\n", "", f"{LESSON}:2: 'title' is missing"),
        (LESSON, "summary:", "subtitle: x\nsummary:", f"{LESSON}:3: 'subtitle' is not a known key"),
        (LESSON, "---\n", "", f"{LESSON}:1: a lesson begins with front matter"),
        (LESSON, "bars.svg", "lines.svg", f"{LESSON}:14: there is no such picture: assets/lines.svg"),
        (LESSON, "../../assets/bars.svg", "../../../etc/passwd", f"{LESSON}:14: the path leads outside"),
        (LESSON, "../../assets/bars.svg", "/etc/passwd", f"{LESSON}:14: the path leads outside"),
        (LESSON, "../../assets/bars.svg", "..%2F..%2F..%2Fx.svg", f"{LESSON}:14: the path leads outside"),
        (LESSON, "../../assets/bars.svg", "lesson.fr.md", f"{LESSON}:14: pictures stand in assets"),
        (LESSON, "../../assets/bars.svg", "https://example.org/x.png", f"{LESSON}:14: a picture must stand in"),
        (LESSON, "step:second-lesson", "step:third-lesson", f"{LESSON}:19: no step of this course has the id"),
        (LESSON, "step:second-lesson", "../second-lesson/lesson.en.md", f"{LESSON}:19: this link leads nowhere"),
        (LESSON, "Somebody asks", "<font>Somebody</font> asks", f"{LESSON}:6: raw HTML is not allowed: <font>"),
        (LESSON, "!!! example", "!!! exemple", f"{LESSON}:16: 'exemple' is not a kind of box"),
        (FRENCH, "title: Compter", "title: Compter\nsource: 0123456789ab", f"{FRENCH}:3: 'source' has moved into"),
        (QUIZ, "correct: true", "correct: false", f"{QUIZ}:15: exactly one option"),
        (QUIZ, "id: which", "id: sure", f"{QUIZ}:12: two items have the id 'sure'"),
        (QUIZ, "[first-lesson]", "[no-lesson]", f"{QUIZ}:8: 'reread' names no lesson of this course"),
        (QUIZ, "Is it so?", "Is <b>it</b> so?", f"{QUIZ}:10: raw HTML is not allowed: <b>"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_line(path: str, old: str, new: str, expected: str) -> None:
    found = problems(edited(path, old, new))
    assert any(line.startswith(expected) for line in found), found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({COURSE: None}, "course.yaml:1: this file is missing"),
        ({COURSE: b""}, "course.yaml:1: must be a mapping"),
        ({COURSE: b"- a\n- b\n"}, "course.yaml:1: must be a mapping"),
        ({COURSE: b"id: small\x8d\n"}, "course.yaml:1: not UTF-8 (byte 0x8d)"),
        ({COURSE: b"id: small\x00\n"}, "course.yaml:1: a control character"),
        ({COURSE: b"a: " + b"[" * 5_000}, "course.yaml:1: nested deeper than 20 levels"),
        ({COURSE: b"a: b\n" * 200_000}, "course.yaml:1: the file is larger than"),
        ({MODULE: None}, "01-only/module.yaml:1: this file is missing"),
        ({LESSON: None}, f"{LESSON}:1: this file is missing"),
        ({LESSON: b"---\ntitle: A\n---\n\nB\n\n\xe9t\x8d\n"}, f"{LESSON}:7: not UTF-8 (byte 0xe9)"),
        ({LESSON: b"---\ntitle: A\n---\n"}, f"{LESSON}:4: the lesson has no text"),
        ({QUIZ: None, "01-only/the-check/x": b""}, f"{QUIZ}:1: this file is missing"),
        ({"02-new/module.yaml": b"id: new\n"}, "course.yaml:20: the folder '02-new' is not listed"),
        ({"notes.txt": b"x"}, "notes.txt:1: no part of a course"),
        ({"01-only/notes.txt": b"x"}, "01-only/notes.txt:1: no part of a course"),
        ({"01-only/first-lesson/notes.txt": b"x"}, "01-only/first-lesson/notes.txt:1: a lesson holds only"),
        ({"01-only/first-lesson/more/a.md": b"x"}, "01-only/first-lesson/more/a.md:1: a step's folder has no folders"),
        ({"01-only/first-lesson/lesson.ar.md": b"x"}, "01-only/first-lesson/lesson.ar.md:1: 'ar' is not a language"),
        ({"01-only/first-lesson/lesson.de.md": b"x"}, "01-only/first-lesson/lesson.de.md:1: 'de' is not a language"),
        ({"../outside.md": b"x"}, "../outside.md:1: the path leads outside"),
        ({"/etc/passwd": b"x"}, "/etc/passwd:1: a path inside the course folder is relative"),
        ({"a\\b": b"x"}, "a\\b:1: a path inside the course folder is relative"),
        ({"a\nb": b"x"}, "a\nb:1: a path holds only printable characters"),
        ({"assets/bars.svg": None}, f"{LESSON}:14: there is no such picture"),
        ({"assets/film.mp4": b"x"}, "assets/film.mp4:1: the name says .mp4, but this is no MP4 file"),
        ({"assets/bars.svg": b"x" * 50_000_000},
         "assets/bars.svg:1: 50.0 MB: larger than such a file of a course may be (1 MB)"),
        ({"assets/big.png": b"x" * 400_000}, "assets/big.png:1: larger than 300 kB"),
        ({"assets/false.png": b"GIF89a<script>"}, "assets/false.png:1: not a readable"),
        ({"assets/false.jpg": png()}, "assets/false.jpg:1: the name says image/jpeg, the content is image/png"),
        ({"assets/cut.png": png(90, 90)[:60]}, "assets/cut.png:1: not a readable"),
        ({"assets/vast.png": png(11_000, 3)}, "assets/vast.png:1: too many pixels"),
    ],
)  # fmt: skip
def test_a_broken_folder(changes: dict[str, bytes | None], expected: str) -> None:
    found = problems(changed(changes))
    assert any(line.startswith(expected) for line in found), found


def test_a_yaml_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x, x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert problems(changed({COURSE: bomb})) == ["course.yaml:1: anchors and aliases (& and *) are not allowed"]


def test_every_problem_is_reported_at_once_and_in_order() -> None:
    found = edited(COURSE, "theme: cash-transfers", "theme: cash\ncolour: blue")
    found[LESSON] = found[LESSON].replace(b"bars.svg", b"lines.svg")
    found["notes.txt"] = b""
    assert problems(found) == [
        f"{LESSON}:14: there is no such picture: assets/lines.svg",
        "course.yaml:4: 'theme' must be one of cash-transfers, microfinance, waqf, digital: 'cash'",
        "course.yaml:5: 'colour' is not a known key",
        "notes.txt:1: no part of a course: beside course.yaml stand only folders",
    ]


def test_a_lesson_too_heavy_for_a_slow_link() -> None:
    words = " ".join(f"{random.Random(n).getrandbits(48):x}" for n in range(3_000))
    text = "---\ntitle: Long\n---\n\n" + "\n\n".join(words[i : i + 10_000] for i in range(0, len(words), 10_000))
    assert len(zlib.compress(text.encode())) > 10_000
    (found,) = problems(changed({"01-only/second-lesson/lesson.en.md": text}))
    assert found.startswith("01-only/second-lesson/lesson.en.md:1: ")
    assert "kB of compressed text in 'en': at most 10 kB" in found


def test_pictures_too_heavy_for_a_slow_link() -> None:
    noise = io.BytesIO()
    Image.effect_noise((380, 380), 90).save(noise, "PNG")
    assert 75_000 < len(noise.getvalue()) < 300_000
    other = noise.getvalue() + b"\x00"
    found = edited(LESSON, "![Two bars](../../assets/bars.svg)", "![a](../../assets/a.png) ![b](../../assets/b.png)")
    found |= {"assets/a.png": noise.getvalue(), "assets/b.png": other}
    (problem,) = problems(found)
    assert problem.startswith(f"{LESSON}:1: ") and "kB of pictures in 'en': at most 150 kB" in problem


def test_writers_notes_and_hidden_files_are_no_part_of_the_course() -> None:
    extra = {"README.md": b"\xff", "01-only/REVIEW.md": b"x", ".git/config": b"x", "01-only/.lesson.swp": b"x"}
    assert compiled(changed(extra)) == compiled()


def test_formatting_of_the_files_does_not_change_the_course() -> None:
    again = edited(COURSE, "theme: cash-transfers", "# a remark\ntheme:   cash-transfers")
    again[LESSON] = again[LESSON].replace(b"\n", b"\r\n")
    assert compiled(again).content_hash == compiled().content_hash


@pytest.mark.parametrize(
    ("path", "old", "new", "same_structure"),
    [
        (COURSE, "Counting fairly", "Counting justly", True),
        (LESSON, "Somebody asks", "Someone asks", True),
        (QUIZ, "Is it so?", "Is that so?", True),
        (COURSE, "academy@example.org", "other@example.org", True),
        (MODULE, "The only module", "The one module", True),
        (MODULE, "minutes: 20", "minutes: 25", False),
        (MODULE, "required: false", "required: true", False),
        (QUIZ, "answer: true", "answer: false", False),
        (QUIZ, "pass: 50", "pass: 60", False),
        (COURSE, "completion:\n  result: the-check\n", "", False),
    ],
)
def test_what_is_a_correction_and_what_changes_the_course(path: str, old: str, new: str, same_structure: bool) -> None:
    before, after = compiled(), compiled(edited(path, old, new))
    assert before.content_hash != after.content_hash
    assert (before.structure == after.structure) is same_structure


def test_a_translation_is_stale_until_it_is_stamped_with_its_source() -> None:
    course = compiled()
    assert course.steps[0].content.texts["fr"].stale
    assert [str(notice) for notice in course.notices] == [
        f"{FRENCH}:5: the source of 'fr' has changed: “Somebody asks **why**.[^1]” (lesson.en.md:6) "
        "(flask courses stamp)"
    ]
    stamped = {**files(), **{path: text.encode() for path, text in stamp(files()).writes.items()}}
    course = compiled(stamped)
    assert not course.steps[0].content.texts["fr"].stale
    assert not course.notices
    stamped[LESSON] = stamped[LESSON].replace(b"**why**", b"**when**")
    assert compiled(stamped).steps[0].content.texts["fr"].stale


def test_what_a_reader_refused_is_reported_once_and_not_called_missing() -> None:
    refused = [Problem("assets/bars.svg", 1, "too large")]
    assert problems(changed({"assets/bars.svg": None}), refused) == ["assets/bars.svg:1: too large"]


def write(root: Path, found: dict[str, bytes]) -> Path:
    for path, data in found.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def test_a_folder_is_read_without_leaving_it(tmp_path: Path) -> None:
    root = write(tmp_path / "course", files())
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "elsewhere").mkdir()
    (root / "01-only" / "first-lesson" / "lesson.ar.md").symlink_to(tmp_path / "secret.md")
    (root / "02-linked").symlink_to(tmp_path / "elsewhere")
    with (root / "assets" / "film.png").open("wb") as file:
        file.truncate(50_000_000)
    (root / "README.md").write_text("for writers")
    (root / ".git").mkdir()
    (root / ".git" / "HEAD").write_text("x")
    found, refused = read_folder(root)
    assert found == {**files(), "README.md": b"for writers"}
    assert sorted(problem.path for problem in refused) == [
        "01-only/first-lesson/lesson.ar.md",
        "02-linked",
        "assets/film.png",
    ]
    assert any("50.0 MB" in problem.message for problem in refused)
    course = compile(found, KINDS, refused)
    assert isinstance(course, list)
    assert {problem.path for problem in course} >= {problem.path for problem in refused}
