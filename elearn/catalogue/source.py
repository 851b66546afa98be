"""The compiler: a course's files in, the course or every problem out. Pure, and total on whatever bytes it is given."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from elearn.catalogue.assets import look_at
from elearn.catalogue.compiled import Asset, CompiledCourse, Step
from elearn.catalogue.files import ASSETS, Files, Report
from elearn.catalogue.glossary import read_glossary
from elearn.catalogue.kinds import Progress, StepContent, StepKind
from elearn.catalogue.sheet import Limits, Sheet, read_sheet
from elearn.catalogue.sourcekey import SourceKeys
from elearn.catalogue.stepsource import StepFolder, Surroundings
from elearn.catalogue.syllabus import Listed, Syllabus
from elearn.catalogue.translations import Marks
from elearn.catalogue.weigh import compressed, weigh
from elearn.catalogue.yamlread import Problem

NOTHING: Mapping[str, StepContent] = MappingProxyType({})


def compile(
    files: Mapping[str, bytes],
    kinds: Mapping[str, StepKind],
    refused: Iterable[Problem] = (),
    kept: Mapping[str, StepContent] = NOTHING,
) -> CompiledCourse | list[Problem]:
    """The course, or every problem, sorted.

    `refused`: what a reader of folders did not read, with its reasons. `kept`: what steps were compiled to before, by
    their `source_key`; such a step is not compiled again.
    """
    course, problems = examine(files, kinds, refused, kept)
    return course if course is not None and not problems else problems


def examine(
    files: Mapping[str, bytes],
    kinds: Mapping[str, StepKind],
    refused: Iterable[Problem] = (),
    kept: Mapping[str, StepContent] = NOTHING,
) -> tuple[CompiledCourse | None, list[Problem]]:
    """As much of the course as can be shown, and every problem, sorted. No course only where there are problems."""
    refused = list(refused)
    found: set[Problem] = set(refused)
    notes: set[Problem] = set()
    sources = Files(files, found.add, {problem.path for problem in refused}, notes.add)
    course = _Compiler(sources, kinds, found.add, notes, kept).course()
    return course, sorted(found)


class _Compiler:
    def __init__(
        self,
        files: Files,
        kinds: Mapping[str, StepKind],
        report: Report,
        notes: set[Problem],
        kept: Mapping[str, StepContent],
    ) -> None:
        self.files = files
        self.kinds = kinds
        self.report = report
        self.notes = notes
        self.kept = kept

    def course(self) -> CompiledCourse | None:
        sheet = read_sheet(self.files, self.report)
        if sheet is None:
            return None
        syllabus = Syllabus(self.files, self.kinds, sheet, self.report)
        glossary = read_glossary(self.files, sheet.languages, self.report)
        assets = self.assets()
        around = Surroundings(
            slug=sheet.slug,
            languages=sheet.languages,
            step_ids=frozenset(syllabus.named),
            lesson_ids=frozenset(step.id for step in syllabus.steps.values() if step.kind == "lesson"),
            objective_ids=frozenset(objective.key for objective in sheet.objectives),
            assets=assets,
            glossary=glossary,
        )
        marks = Marks(self.files, sheet.languages, self.report)
        keys = SourceKeys(self.files, around, sheet.limits, marks.stamps)
        steps = [
            step
            for position, listed in enumerate(syllabus.steps.values(), start=1)
            if (step := self.step(position, listed, around, sheet.limits, keys, marks)) is not None
        ]
        self.completion(sheet, syllabus, steps)
        for lang in sorted({lang for step in steps for lang in step.content.texts} - set(sheet.texts)):
            sheet.reader.problem(f"'title' has no '{lang}' although there are steps in it", "title")
        if not (sheet.slug and steps and sheet.languages[0] in sheet.texts):
            return None  # nothing that a page could show
        texts = [text for step in steps for text in step.content.texts.values()]
        used = {name for text in texts for name in (*text.images, *text.files)}
        marks.rest(folder for folder, _line in sheet.modules)
        return CompiledCourse(
            slug=sheet.slug,
            languages=sheet.languages,
            theme=sheet.theme,
            level=sheet.level,
            texts=sheet.texts,
            objectives=sheet.objectives,
            order=sheet.order,
            result_step=sheet.result or None,
            optional_needed=sheet.optional,
            certificate=sheet.certificate,
            credits=sheet.credits,
            contact=sheet.contact,
            modules=tuple(syllabus.modules.values()),
            steps=tuple(steps),
            glossary=tuple(term for term in glossary.values() if term),
            assets=tuple(asset for path, asset in assets.items() if asset and path in used),
            notices=tuple(sorted({*self.notes, *marks.notices()})),
        )

    def step(
        self, position: int, listed: Listed, around: Surroundings, limits: Limits, keys: SourceKeys, marks: Marks
    ) -> Step | None:
        key = keys.of(listed.id, listed.folder, listed.kind)
        content = self.kept.get(key)
        kept = content is not None
        if content is None:
            content = self.compiled(listed, around)
        if content is None or around.languages[0] not in content.texts:
            return None
        content = marks.step(listed.folder, content, kept=kept)
        weights = {lang: weigh(text, lang, around.assets) for lang, text in content.texts.items()}
        for lang, text in content.texts.items():
            if text.bytes is None:  # else it was measured, and found light enough, when it was compiled
                self.too_heavy(listed.folder, lang, compressed(text.html), weights[lang].pictures, limits)
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
            after=tuple(needed for needed, _line in listed.after),
            release_after=listed.release_after,
            source_key=key,
        )

    def compiled(self, listed: Listed, around: Surroundings) -> StepContent | None:
        content = self.kinds[listed.kind].parse(StepFolder(listed.id, listed.folder, around, self.files, self.report))
        for name, inside in self.files.below(listed.folder).items():
            if name and inside:
                self.report(Problem(f"{listed.folder}/{name}/{inside[0]}", 1, "a step's folder has no folders inside"))
        return content

    def too_heavy(self, folder: str, lang: str, words: int, pictures: int, limits: Limits) -> None:
        """Report what would take too long on a slow link. Of a quiz only the introduction counts: items are drawn."""
        names = self.files.below(folder)[""]
        path = f"{folder}/{next((name for name in names if f'.{lang}.' in name), names[0] if names else '')}"
        if words > limits.text:
            message = f"{words / 1000:.1f} kB of compressed text in '{lang}': at most {limits.text // 1000} kB"
            self.report(Problem(path, 1, message))
        if pictures > limits.pictures:
            message = f"{pictures / 1000:.0f} kB of pictures in '{lang}': at most {limits.pictures // 1000} kB"
            self.report(Problem(path, 1, message))

    def assets(self) -> dict[str, Asset | None]:
        found: dict[str, Asset | None] = {}
        for path in self.files.paths:
            if path.startswith(f"{ASSETS}/"):
                data = self.files.read(path)
                found[path] = None if data is None else look_at(path, data, self.report)
        return found

    def completion(self, sheet: Sheet, syllabus: Syllabus, steps: list[Step]) -> None:
        contents: dict[str, StepContent] = {step.key: step.content for step in steps}
        content = contents.get(sheet.result)
        if sheet.result and sheet.result not in syllabus.named:
            sheet.reader.problem(f"'result' names no step of this course: {sheet.result!r}", "completion")
        elif content is not None and content.progress is Progress.READ:
            sheet.reader.problem(f"'result' must be a step with a score: {sheet.result!r}", "completion")
        there = sum(not step.required for step in syllabus.steps.values())
        if sheet.optional > there:
            message = f"'optional' asks for {sheet.optional} optional steps, but there are {there} (required: false)"
            sheet.reader.problem(message, "completion")
