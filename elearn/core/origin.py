"""What is our own: requests from our pages, addresses to which a person may be sent on, names of our cookies."""

import re
from urllib.parse import urlsplit

from flask import current_app, request

LONGEST = 2000
_NOT_IN_A_PATH = re.compile(r"[\x00-\x20\x7f\\]")


def _hosts() -> set[str]:
    """The name the request came to, and the one people know: a proxy may pass on only one of them."""
    return {request.host, urlsplit(current_app.config["BASE_URL"]).netloc}


def same_origin() -> bool:
    """Whether this POST comes from one of our own pages, as far as the browser says."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return origin is None or _parts(origin)[0] in _hosts()


def own_cookie(name: str) -> str:
    """The name of a cookie as it travels: the prefix keeps a neighbouring site of the same domain from setting it."""
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name


def own_path(target: str | None) -> str:
    """A path inside this site to go on to, or '': nobody is sent elsewhere."""
    target = target or ""
    if len(target) > LONGEST or not target.startswith("/") or target.startswith("//") or _NOT_IN_A_PATH.search(target):
        return ""
    return target


def landing() -> str:
    """Where to go on after signing in, when what was posted cannot be carried along: a page, never an action."""
    adapter = current_app.create_url_adapter(request)
    if adapter is not None and adapter.test(request.path, "GET"):
        return own_path(request.full_path.rstrip("?"))
    host, path = _parts(request.referrer or "")
    return own_path(path) if host in _hosts() else ""


def _parts(address: str) -> tuple[str, str]:
    """(host, path with its query) of an address; empty when it cannot be read."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.netloc, parts.path + (f"?{parts.query}" if parts.query else "")
