"""module.yaml: which steps a course has, in which order, and what each of them waits for. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from elearn.catalogue.compiled import Module
from elearn.catalogue.files import ASSETS, Files, Report
from elearn.catalogue.glossary import GLOSSARY
from elearn.catalogue.kinds import RESERVED, StepKind
from elearn.catalogue.sheet import COURSE, Sheet
from elearn.catalogue.units import STAMPS
from elearn.catalogue.yamlread import Problem, Reader

MODULE = "module.yaml"
BESIDE = (COURSE, GLOSSARY, STAMPS)  # the files that may stand at the root of a course
MAX_STEPS = 500
LONGEST_WAIT = 3_650  # days
MOST_CIRCLES = 20  # to report; there may be thousands


@dataclass(frozen=True)
class Listed:
    """A step as module.yaml lists it."""

    id: str
    module: str
    folder: str
    kind: str
    minutes: int
    required: bool
    objectives: tuple[str, ...]
    after: tuple[tuple[str, int], ...]  # each with its line
    release_after: int | None
    path: str  # of module.yaml
    line: int


class Syllabus:
    """The modules and their steps, in order. Every problem is reported while it is read."""

    def __init__(self, files: Files, kinds: Mapping[str, StepKind], sheet: Sheet, report: Report) -> None:
        self.files = files
        self.kinds = kinds
        self.report = report
        self.modules: dict[str, Module] = {}
        self.steps: dict[str, Listed] = {}
        self.named: set[str] = set()  # also of steps that are too broken to be listed: nobody misses those
        for folder, line in sheet.modules:
            self._module(folder, line, sheet)
        listed = {name for name, _ in sheet.modules}
        self._unlisted("", sheet.reader.line_of("modules"), listed | {ASSETS})
        self._prerequisites(ordered=sheet.order == "ordered")

    def _module(self, folder: str, line: int, sheet: Sheet) -> None:
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
        listed = [self._step(one, key, folder, known) for one in reader.sequence("steps")]
        reader.done()
        self._unlisted(folder, reader.line_of("steps"), set(listed))
        if key:
            self.modules.setdefault(key, Module(key, titles, summaries))

    def _step(self, reader: Reader, module: str, folder: str, objectives: set[str]) -> str:
        """Note one step of a module; its id, '' when it has none."""
        step = reader.identifier()
        kind = self._kind(reader)
        minutes = reader.whole("minutes", low=1, high=6000, required=True)
        required = reader.flag("required", default=True)
        named = reader.words("objectives", required=False)
        after = reader.words("after", required=False)
        release = reader.whole("release_after", low=0, high=LONGEST_WAIT)
        reader.done()
        for objective, line in named:
            if objective not in objectives:
                self.report(Problem(reader.path, line, f"the course has no objective '{objective}'"))
        if step in self.named:
            reader.problem(f"two steps of this course have the id '{step}'", "id")
            return step
        self.named.add(step)
        if step and not any(name.startswith(f"{folder}/{step}/") for name in self.files.paths):
            reader.problem(f"there is no folder '{step}' beside {MODULE}", "id")
        elif len(self.steps) >= MAX_STEPS:
            reader.problem(f"more than {MAX_STEPS} steps", "id")
        elif step and kind:
            self.steps[step] = Listed(
                id=step,
                module=module,
                folder=f"{folder}/{step}",
                kind=kind,
                minutes=minutes or 0,
                required=required,
                objectives=tuple(dict(named)),
                after=tuple(dict(after).items()),
                release_after=release,
                path=reader.path,
                line=reader.line_of("id"),
            )
        return step

    def _kind(self, reader: Reader) -> str:
        kind = reader.text("kind", longest=60)
        if kind in self.kinds:
            return kind
        if kind in RESERVED:
            reader.problem(
                f"steps of the kind '{kind}' have their place in the format, but cannot be published yet: "
                "leave the step out until they can",
                "kind",
            )
        elif kind:
            reader.problem(f"'kind' must be one of {', '.join(self.kinds)}: {kind!r}", "kind")
        return ""

    def _unlisted(self, folder: str, line: int, known: set[str]) -> None:
        """Report what stands in a folder beside its list: a folder nobody listed, a file nobody reads."""
        path = f"{folder}/{MODULE}" if folder else COURSE
        found = self.files.below(folder)
        for name in found.pop(""):
            if name not in ((MODULE,) if folder else BESIDE):
                where = f"{folder}/{name}" if folder else name
                self.report(Problem(where, 1, f"no part of a course: beside {path} stand only folders"))
        for name in found:
            if name not in known:
                self.report(Problem(path, line, f"the folder '{name}' is not listed"))

    def _prerequisites(self, *, ordered: bool) -> None:
        places = {step: place for place, step in enumerate(self.steps)}
        for step in self.steps.values():
            for needed, line in step.after:
                if needed == step.id:
                    self.report(Problem(step.path, line, f"the step '{needed}' cannot come after itself"))
                elif needed not in self.named:
                    self.report(Problem(step.path, line, f"'after' names no step of this course: {needed!r}"))
                elif ordered and places.get(needed, -1) > places[step.id]:
                    message = f"in a course with 'order: ordered', '{step.id}' cannot wait for the later '{needed}'"
                    self.report(Problem(step.path, line, message))
        for circle in _circles({key: [one for one, _ in step.after] for key, step in self.steps.items()}):
            step = self.steps[circle[0]]
            line = dict(step.after)[circle[1]]
            shown = " → ".join([*circle, circle[0]])
            self.report(Problem(step.path, line, f"these steps wait for each other, so none can be begun: {shown}"))


def _circles(needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Steps that wait for each other, each for the next and the last for the first; the earliest step leads."""
    places = {step: place for place, step in enumerate(needs)}
    left = {step: [one for one in named if one != step and one in needs] for step, named in needs.items()}
    found: list[list[str]] = []
    while len(found) < MOST_CIRCLES:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1][:0:-1]  # its list names each step after the one that it waits for
            first = circle.index(min(circle, key=places.__getitem__))
            circle = circle[first:] + circle[:first]
            found.append(circle)
            left[circle[0]].remove(circle[1])
        else:
            break
    return found
