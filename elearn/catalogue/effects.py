"""What publishing a compiled course would change: reads what `changes` compares, and asks above who is enrolled."""

from elearn.catalogue import changes, queries
from elearn.catalogue.changes import Changes, People
from elearn.catalogue.compiled import CompiledCourse
from elearn.catalogue.events import studying


def difference(course: CompiledCourse) -> tuple[Changes, People]:
    """The changes against what is published, and the people enrolled in the course."""
    known = {step.source_key: step.content.texts for step in course.steps if step.source_key}
    shape = queries.published_shape(course.slug, known)
    found = changes.compare(shape, changes.shape_of(course), queries.step_kinds(course.slug))
    numbers = queries.version_numbers(course.slug)
    by_version: dict[int, int] = {}
    for _receiver, counts in studying.send("catalogue", slug=course.slug):
        for version_id, count in counts.items():
            by_version[numbers[version_id]] = by_version.get(numbers[version_id], 0) + count
    return found, People(by_version, queries.structural_number(course.slug))
