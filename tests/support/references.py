"""A course around a text: resolves what begins with `known`."""

from elearn.core.markup import Attachment, BadReferenceError, Picture, Rendered, Term, render

MIMES = {
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "vtt": "text/vtt",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Course:
    """Implements markup.Resolver."""

    def picture(self, source: str) -> Picture:
        if not source.startswith("known"):
            raise BadReferenceError(f"no picture {source}")
        return Picture(source, f"/files/{source}", 640, 400, 12_345)

    def link(self, target: str) -> str:
        if target != "step:known":
            raise BadReferenceError(f"nowhere: {target}")
        return "/learn/known"

    def term(self, key: str) -> Term:
        if not key.startswith("known"):
            raise BadReferenceError(f"no term {key}")
        return Term(key, f"The {key} term", f"What <em>{key}</em> means.")

    def file(self, source: str) -> Attachment:
        if not source.startswith("known"):
            raise BadReferenceError(f"no file {source}")
        mime = MIMES.get(source.rpartition(".")[2], "application/octet-stream")
        return Attachment(source, f"/files/{source}", mime, 2_345_678)


def rendered(text: str, lang: str = "en") -> Rendered:
    """The text, which must be in order."""
    found = render(text, lang, Course())
    assert not found.complaints, found.complaints
    return found


def html(text: str, lang: str = "en") -> str:
    return rendered(text, lang).html


def complaints(text: str, lang: str = "en") -> list[tuple[int, str]]:
    return [(one.line, one.message) for one in render(text, lang, Course()).complaints]
