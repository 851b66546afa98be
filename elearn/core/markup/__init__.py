"""Markdown as courses write it, turned into sanitised HTML that needs no style and no script."""

from elearn.core.markup.convert import (
    Attachment,
    BadReferenceError,
    Complaint,
    Heading,
    NoReferences,
    Picture,
    Rendered,
    Resolver,
    Term,
    direction,
    line_of,
    render,
    render_short,
    without_pictures,
)

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
