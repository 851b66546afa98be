"""Markdown as courses write it, turned into sanitised HTML that needs no style and no script."""

from elearn.core.markup.convert import Rendered, line_of, render, render_short, without_pictures
from elearn.core.markup.notes import Complaint
from elearn.core.markup.references import Attachment, BadReferenceError, NoReferences, Picture, Resolver, Term
from elearn.core.markup.words import direction
from elearn.core.markup.work import Heading

__all__ = [
    "Attachment",
    "BadReferenceError",
    "Complaint",
    "Heading",
    "NoReferences",
    "Picture",
    "Rendered",
    "Resolver",
    "Term",
    "direction",
    "line_of",
    "render",
    "render_short",
    "without_pictures",
]
