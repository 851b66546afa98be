"""The compiler: a course's files in, the course or every problem out. Pure, and total on whatever bytes it is given."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from elearn.catalogue.compiled import Asset, CompiledCourse, Module, Step, Weight
from elearn.catalogue.files import ASSETS, Files, Report
from elearn.catalogue.kinds import Progress, StepContent, StepKind, StepText
from elearn.catalogue.pictures import examine
from elearn.catalogue.sheet import COURSE, Sheet, read_sheet
from elearn.catalogue.stepsource import StepFolder, Surroundings
from elearn.catalogue.yamlread import Problem, Reader

MODULE = "module.yaml"
MAX_STEPS = 500
MAX_TEXT = 10_000  # bytes of one step's compressed HTML in one language
MAX_PICTURES = 150_000  # bytes of the pictures of one step in one language


def compile(
    files: Mapping[str, bytes], kinds: Mapping[str, StepKind], refused: Iterable[Problem] = ()
) -> CompiledCourse | list[Problem]:
    """The course, or every problem, sorted. `refused`: what a reader of folders did not read, with its reasons."""
    refused = list(refused)
    found: set[Problem] = set(refused)
    sources = Files(files, found.add, {problem.path for problem in refused})
    course = _Compiler(sources, kinds, found.add).course()
    return course if course is not None and not found else sorted(found)


@dataclass(frozen=True)
class _Listed:
    """A step as module.yaml lists it."""

    id: str
    module: str
    folder: str
    kind: str
    minutes: int
    required: bool
    objectives: tuple[str, ...]


class _Compiler:
    def __init__(self, files: Files, kinds: Mapping[str, StepKind], report: Report) -> None:
        self.files = files
        self.kinds = kinds
        self.report = report
        self.modules: dict[str, Module] = {}
        self.steps: dict[str, _Listed] = {}

    def course(self) -> CompiledCourse | None:
        sheet = read_sheet(self.files, self.report)
        if sheet is None:
            return None
        for folder, line in sheet.modules:
            self.module(folder, line, sheet)
        self.unlisted("", COURSE, sheet.reader.line_of("modules"), {name for name, _ in sheet.modules} | {ASSETS})
        assets = self.assets()
        around = Surroundings(
            slug=sheet.slug,
            languages=sheet.languages,
            step_ids=frozenset(self.steps),
            lesson_ids=frozenset(step.id for step in self.steps.values() if step.kind == "lesson"),
            objective_ids=frozenset(objective.key for objective in sheet.objectives),
            assets=assets,
        )
        steps = [
            step
            for position, listed in enumerate(self.steps.values(), start=1)
            if (step := self.step(position, listed, around)) is not None
        ]
        self.result(sheet, steps)
        for lang in sorted({lang for step in steps for lang in step.content.texts} - set(sheet.texts)):
            sheet.reader.problem(f"'title' has no '{lang}' although there are steps in it", "title")
        shown = {name for step in steps for text in step.content.texts.values() for name in text.images}
        return CompiledCourse(
            slug=sheet.slug,
            languages=sheet.languages,
            theme=sheet.theme,
            level=sheet.level,
            texts=sheet.texts,
            objectives=sheet.objectives,
            result_step=sheet.result or None,
            certificate=sheet.certificate,
            credits=sheet.credits,
            contact=sheet.contact,
            modules=tuple(self.modules.values()),
            steps=tuple(steps),
            assets=tuple(asset for path, asset in assets.items() if asset and path in shown),
            notices=tuple(self.notices(steps)),
        )

    # module.yaml

    def module(self, folder: str, line: int, sheet: Sheet) -> None:
        path = f"{folder}/{MODULE}"
        if not any(name.startswith(f"{folder}/") for name in self.files.paths):
            self.report(Problem(COURSE, line, f"there is no folder '{folder}'"))
            return
        reader = self.files.yaml(path, sheet.languages)
        if reader is None:
            return
        key = reader.identifier()
        if key in self.modules:
            reader.problem(f"two modules have the id '{key}'", "id")
        titles = reader.texts("title", longest=200)
        summaries = reader.texts("summary", required=False, longest=600)
        known = {objective.key for objective in sheet.objectives}
        listed = [self.listed_step(one, key, folder, known) for one in reader.sequence("steps")]
        reader.done()
        self.unlisted(folder, path, reader.line_of("steps"), set(listed))
        if key:
            self.modules.setdefault(key, Module(key, titles, summaries))

    def listed_step(self, reader: Reader, module: str, folder: str, objectives: set[str]) -> str:
        """Note one step of a module; its id, '' when it has none."""
        step = reader.identifier()
        kind = reader.choice("kind", self.kinds)
        minutes = reader.whole("minutes", low=1, high=6000, required=True)
        required = reader.flag("required", default=True)
        named = reader.words("objectives", required=False)
        reader.done()
        for objective, line in named:
            if objective not in objectives:
                self.report(Problem(reader.path, line, f"the course has no objective '{objective}'"))
        if step in self.steps:
            reader.problem(f"two steps of this course have the id '{step}'", "id")
        elif step and not any(name.startswith(f"{folder}/{step}/") for name in self.files.paths):
            reader.problem(f"there is no folder '{step}' beside {MODULE}", "id")
        elif len(self.steps) >= MAX_STEPS:
            reader.problem(f"more than {MAX_STEPS} steps", "id")
        elif step and kind:
            self.steps[step] = _Listed(
                step, module, f"{folder}/{step}", kind, minutes or 0, required, tuple(dict(named))
            )
        return step

    def unlisted(self, folder: str, path: str, line: int, known: set[str]) -> None:
        """Report what stands in a folder beside its list: a folder nobody listed, a file nobody reads."""
        found = self.files.below(folder)
        for name in found.pop(""):
            if (name != MODULE) if folder else (name != COURSE):
                where = f"{folder}/{name}" if folder else name
                self.report(Problem(where, 1, f"no part of a course: beside {path} stand only folders"))
        for name in found:
            if name not in known:
                self.report(Problem(path, line, f"the folder '{name}' is not listed"))

    # steps and pictures

    def step(self, position: int, listed: _Listed, around: Surroundings) -> Step | None:
        content = self.kinds[listed.kind].parse(StepFolder(listed.id, listed.folder, around, self.files, self.report))
        for name, inside in self.files.below(listed.folder).items():
            if name and inside:
                self.report(Problem(f"{listed.folder}/{name}/{inside[0]}", 1, "a step's folder has no folders inside"))
        if content is None or around.languages[0] not in content.texts:
            return None
        weights = {lang: self.weight(text, around.assets) for lang, text in content.texts.items()}
        for lang, text in content.texts.items():
            self.too_heavy(listed.folder, lang, compressed(text.html), weights[lang].pictures)
        return Step(
            position=position,
            key=listed.id,
            module=listed.module,
            kind=listed.kind,
            required=listed.required,
            minutes=listed.minutes,
            objectives=listed.objectives,
            content=content,
            weights=weights,
        )

    def weight(self, text: StepText, assets: Mapping[str, Asset | None]) -> Weight:
        payload = json.dumps(dict(text.payload), ensure_ascii=False, default=str)  # a quiz's items, a lesson's outline
        pictures = [assets.get(name) for name in text.images]
        return Weight(compressed(text.html + payload), sum(asset.size for asset in pictures if asset))

    def too_heavy(self, folder: str, lang: str, words: int, pictures: int) -> None:
        """Report what would take too long on a slow link. Of a quiz only the introduction counts: items are drawn."""
        names = self.files.below(folder)[""]
        path = f"{folder}/{next((name for name in names if f'.{lang}.' in name), names[0] if names else '')}"
        if words > MAX_TEXT:
            message = f"{words / 1000:.1f} kB of compressed text in '{lang}': at most {MAX_TEXT // 1000} kB"
            self.report(Problem(path, 1, message))
        if pictures > MAX_PICTURES:
            message = f"{pictures / 1000:.0f} kB of pictures in '{lang}': at most {MAX_PICTURES // 1000} kB"
            self.report(Problem(path, 1, message))

    def assets(self) -> dict[str, Asset | None]:
        found: dict[str, Asset | None] = {}
        for path in self.files.paths:
            if path.startswith(f"{ASSETS}/"):
                data = self.files.read(path)
                found[path] = None if data is None else examine(path, data, _At(path, self.report))
        return found

    def result(self, sheet: Sheet, steps: list[Step]) -> None:
        contents: dict[str, StepContent] = {step.key: step.content for step in steps}
        content = contents.get(sheet.result)
        if sheet.result and sheet.result not in self.steps:
            sheet.reader.problem(f"'result' names no step of this course: {sheet.result!r}", "completion")
        elif content is not None and content.progress is Progress.READ:
            sheet.reader.problem(f"'result' must be a step with a score: {sheet.result!r}", "completion")

    def notices(self, steps: list[Step]) -> Iterable[Problem]:
        for step in steps:
            folder = self.steps[step.key].folder
            for lang, text in step.content.texts.items():
                if text.stale:
                    path = f"{folder}/lesson.{lang}.md"
                    made = "its source text has changed since" if text.source_hash else "it is not stamped"
                    yield Problem(path, 1, f"this translation may be stale: {made} (flask courses stamp)")


def compressed(text: str) -> int:
    """The bytes of a text on the wire."""
    return len(zlib.compress(text.encode("utf-8", "replace"), 9))


@dataclass(frozen=True)
class _At:
    """Reports about one file."""

    path: str
    report: Report

    def __call__(self, line: int, message: str) -> None:
        self.report(Problem(self.path, line, message))
