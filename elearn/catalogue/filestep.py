"""The file as a kind of step: something to take away and work with, with a few words on what for. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from elearn.catalogue.kinds import Html, Progress, Reader, StepContent, StepSource, StepText
from elearn.core.markup import Attachment, direction

FILE = "file.yaml"


class FileKind:
    """`kind: file` in module.yaml."""

    name = "file"
    endpoint = "learning.file"

    def parse(self, source: StepSource) -> StepContent | None:
        """A text for every language the title is written in; the file of the default language where one has none."""
        for name in source.names():
            if name != FILE:
                source.problem(f"{source.folder}/{name}", 1, f"a step of the kind 'file' holds only {FILE}")
        reader = source.yaml(FILE)
        if reader is None:
            return None
        titles = reader.texts("title", longest=200)
        about = {
            lang: source.markdown(text, path=reader.path, line=reader.line_of("description"), lang=lang)
            for lang, text in reader.texts("description", required=False).items()
        }
        files = _files(reader, source)
        reader.done()
        for lang in [lang for lang in {**about, **files} if titles and lang not in titles]:
            reader.problem(f"'title' has no '{lang}' although the step is written in it", "title")
        default = source.default_language
        if default not in titles or default not in files:
            return None
        instead = _marked(about[default], default) if default in about else Html("")
        return StepContent(
            texts={
                lang: _text(title, about.get(lang, instead), files.get(lang, files[default]))
                for lang, title in titles.items()
            },
            progress=Progress.READ,
        )


FILE_STEP = FileKind()


def _files(reader: Reader, source: StepSource) -> Mapping[str, Attachment]:
    """One file for all languages, or one per language."""
    if reader.holds_mapping("file"):
        named = reader.texts("file", longest=200)
    else:
        named = {source.default_language: reader.text("file", longest=200)}
    line = reader.line_of("file")
    found = {lang: source.attachment(name, path=reader.path, line=line) for lang, name in named.items() if name}
    return {lang: file for lang, file in found.items() if file is not None}


def _marked(about: Html, lang: str) -> Html:
    """A description that stands in for one in another language."""
    return replace(about, html=f'<div lang="{lang}" dir="{direction(lang)}">\n{about.html}\n</div>')


def _text(title: str, about: Html, file: Attachment) -> StepText:
    return StepText(
        title=title,
        html=about.html,
        payload={"file": {"name": file.name.rsplit("/", 1)[-1], "url": file.url, "mime": file.mime, "size": file.size}},
        images=about.images,
        files=tuple(dict.fromkeys([file.name, *about.files])),
        terms=about.terms,
        words=about.words,
    )
