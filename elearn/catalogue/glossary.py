"""glossary.yaml: the words of a course and what they mean, in each of its languages. Pure."""

from elearn.catalogue.compiled import GlossaryTerm
from elearn.catalogue.files import Files, Report
from elearn.catalogue.yamlread import Problem, Reader
from elearn.core import markup

GLOSSARY = "glossary.yaml"
MOST_TERMS = 500
LONGEST_DEFINITION = 1_000


def read_glossary(files: Files, languages: tuple[str, ...], report: Report) -> dict[str, GlossaryTerm | None]:
    """The terms by their ids; None for one that is there and too broken to show. Empty without a glossary."""
    reader = files.yaml(GLOSSARY, languages) if GLOSSARY in files else None
    if reader is None:
        return {}
    found: dict[str, GlossaryTerm | None] = {}
    readers = reader.sequence("terms")
    reader.done()
    if len(readers) > MOST_TERMS:
        reader.problem(f"there are {len(readers)} terms; at most {MOST_TERMS} are allowed", "terms")
    for one in readers[:MOST_TERMS]:
        key = one.identifier()
        if key in found:
            one.problem(f"two terms have the id '{key}'", "id")
        term = _term(one, key, files, report)
        if key:
            found.setdefault(key, term)
    return found


def _term(reader: Reader, key: str, files: Files, report: Report) -> GlossaryTerm | None:
    names = reader.texts("term", longest=120)
    written = reader.texts("definition", longest=LONGEST_DEFINITION)
    for lang in [lang for lang in names if lang not in written]:
        reader.problem(f"'definition' has no '{lang}' although the term has", "definition")
    for lang in [lang for lang in written if lang not in names]:
        reader.problem(f"'term' has no '{lang}' although the definition has", "term")
    definitions = {lang: _html(text, lang, reader, files, report) for lang, text in written.items()}
    also = _others(reader)
    reader.done()
    if not key or reader.languages[0] not in names or reader.languages[0] not in written:
        return None
    return GlossaryTerm(key, names, definitions, also)


def _html(text: str, lang: str, reader: Reader, files: Files, report: Report) -> str:
    """A definition stands wherever its term is used, so it refers to nothing inside the course."""
    rendered = markup.render_short(text, lang)
    for complaint in rendered.complaints:
        line = markup.line_of(complaint, files.text(reader.path) or "", reader.line_of("definition"))
        report(Problem(reader.path, line, complaint.message))
    return rendered.html


def _others(reader: Reader) -> dict[str, tuple[str, ...]]:
    inner = reader.mapping("also", required=False)
    if inner is None:
        return {}
    found = {
        lang: tuple(word for word, _line in inner.words(lang, required=False))
        for lang in reader.languages
        if inner.has(lang)
    }
    inner.done("is not a language of this course")
    return {lang: words for lang, words in found.items() if words}
