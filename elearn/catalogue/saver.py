"""Data saver: pictures as their description and a link that shows them, with their size."""

import re
from html import escape, unescape

from flask import request
from flask_babel import gettext as _

from elearn.core.access import person_or_none
from elearn.core.i18n import size
from elearn.core.markup import without_pictures
from elearn.core.origin import own_cookie

_ALONE = re.compile(r"<p>\s*(<span class=\"placeholder\".*?</span>)\s*</p>", re.DOTALL)


def saving() -> bool:
    """Whether this reader wants pictures on request only: by account, else by this device's cookie."""
    person = person_or_none()
    return person.data_saver if person is not None else request.cookies.get(own_cookie("data_saver")) == "1"


def without_images(html: str) -> str:
    """A lesson's HTML for somebody who saves data. Works without a script: the link opens the picture."""
    if "<img" not in html and "<video" not in html:
        return html
    html = without_pictures(html, _placeholder)
    # A picture that stands alone becomes a paragraph; one inside a line stays inside it.
    return _ALONE.sub(lambda found: f"<p{found[1][5:-7]}</p>", html)


def _placeholder(picture: dict[str, str]) -> str:
    words = escape(_("Show picture (%(size)s)", size=size(int(picture.get("data-bytes", "0")))))
    failed = escape(_("The picture did not arrive. Try again"))
    alt = picture.get("alt", "")  # escaped already
    return (
        f'<span class="placeholder" data-alt="{alt}" data-width="{picture.get("width", "")}"'
        f' data-height="{picture.get("height", "")}">{escape(unescape(alt))} '
        f'<a href="{picture.get("src", "")}" data-picture data-failed="{failed}">{words}</a></span>'
    )
