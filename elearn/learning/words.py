"""Why a step is not open yet, and what kind of file something is, in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from elearn.catalogue.shelf import Outline
from elearn.core.i18n import isolate, long_moment
from elearn.learning.rules import Closed

# By a part of the type; the first that fits.
FILE_KINDS = (
    ("pdf", _l("PDF document")),
    ("spreadsheetml.sheet", _l("spreadsheet")),
    ("opendocument.spreadsheet", _l("spreadsheet")),
    ("wordprocessingml.document", _l("text document")),
    ("opendocument.text", _l("text document")),
    ("presentationml.presentation", _l("presentation")),
    ("text/csv", _l("table (CSV)")),
    ("text/vtt", _l("captions")),
    ("text/", _l("plain text")),
    ("audio/", _l("sound recording")),
    ("video/", _l("film")),
    ("image/", _l("picture")),
)


def file_kind(mime: str) -> str:
    """A type of file as people call it."""
    return next((str(words) for part, words in FILE_KINDS if part in mime), mime)


def not_open(outline: Outline, why: Closed, lang: str) -> str:
    """One or two sentences, for whoever asked for a step that is closed: what comes first, and when it opens."""
    told = []
    if why.first:
        names = [isolate(outline.title(step, lang)[1].title) for step in outline.steps if step.key in why.first]
        told.append(
            ngettext(
                "This step is not open yet. First comes: %(names)s.",
                "This step is not open yet. First come: %(names)s.",
                len(names),
                names=" · ".join(names),
            )
        )
    if why.opens:
        told.append(_("This step opens on %(moment)s.", moment=long_moment(why.opens)))
    return " ".join(map(str, told))
