"""Configuration from the environment. Every name also works as NAME_FILE, the path of a file that holds the value."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
# How many days what is kept by the clock is kept, each a variable RETAIN_…_DAYS; see elearn/core/retention.py.
RETENTION_DAYS = {
    "audit-details": 400,
    "data-copies": 7,
    "inactive-accounts": 1095,
    "jobs": 30,
    "left-over-files": 1,
    "links": 30,
    "mail": 180,
    "sign-ins": 90,
    "unused-accounts": 365,
}
MAY_BE_KEPT = {"inactive-accounts", "unused-accounts"}  # 0: the clock leaves them alone


class BadConfiguration(RuntimeError):
    """The environment does not allow a safe start; the message says what to set."""


def _env(name: str, default: str = "") -> str:
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as problem:
            raise BadConfiguration(f"{name}_FILE names a file that cannot be read: {problem}") from problem
    return os.environ.get(name, default)


def _flag(name: str, default: bool) -> bool:
    value = _env(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise BadConfiguration(f"{name} must be 0 or 1, not {value!r}")
    return value in {"1", "true", "yes"}


def _whole(name: str, default: int) -> int:
    value = _env(name, str(default))
    if not value.isdigit():
        raise BadConfiguration(f"{name} must be a whole number, not {value!r}")
    return int(value)


def _weak(secret: str) -> bool:
    """Too short, of few characters, or a word said again and again."""
    return len(secret) < 32 or len(set(secret)) < 8 or secret in (secret * 2)[1:-1]


def _address(name: str, default: str) -> str:
    """The address of a site, without a slash at its end; '' when it is not set."""
    value = _env(name, default).rstrip("/")
    parts = urlsplit(value)
    odd = parts.query or parts.fragment or "@" in parts.netloc or not value.isprintable()
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or odd):
        raise BadConfiguration(f"{name} must be an address such as https://academy.example.org, not {value!r}")
    return value


def _kept_secret(data_dir: Path) -> str:
    """A demonstration instance makes its own secret once and keeps it beside its data."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii")


def from_environment() -> dict[str, Any]:
    """The whole configuration. Raises BadConfiguration when production would start unsafely."""
    demonstration = _flag("DEMONSTRATION", False)
    data_dir = Path(_env("DATA_DIR", str(ROOT / "instance"))).resolve()
    base_url = _address("BASE_URL", "http://127.0.0.1:8000" if demonstration else "")
    secret = _env("SECRET_KEY") or (_kept_secret(data_dir) if demonstration else "")
    if _weak(secret):
        raise BadConfiguration(
            "SECRET_KEY must be set to at least 32 random characters, for example: openssl rand -hex 32. "
            "To write and check courses, and for a demonstration, DEMONSTRATION=1 is enough."
        )
    if not base_url:
        raise BadConfiguration(
            "BASE_URL must be set to the address people use, for example https://academy.example.org"
        )
    if urlsplit(base_url).path:
        raise BadConfiguration("BASE_URL must end after the name: the site stands at the root of its address")
    verify_url = _address("VERIFY_URL", base_url if demonstration else "")
    for name, url in {"BASE_URL": base_url, "VERIFY_URL": verify_url}.items():
        if url and not demonstration and not url.startswith("https://"):
            raise BadConfiguration(f"{name} must begin with https:// outside a demonstration")
    return {
        "DEMONSTRATION": demonstration,
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url(_env("DATABASE_URL") or f"sqlite:///{data_dir / 'elearn.sqlite'}"),
        "SECRET_KEY": secret,
        "BASE_URL": base_url,
        # Where printed certificates are checked for decades; production issues none before it is declared.
        "VERIFY_URL": verify_url,
        "TRUSTED_PROXIES": _whole("TRUSTED_PROXIES", 0),
        "SESSION_COOKIE_SECURE": base_url.startswith("https://"),
        # Whether every name below ours is served by https alone too: for whoever owns them all to say.
        "HSTS_SUBDOMAINS": _flag("HSTS_SUBDOMAINS", False),
        "MAIL_SERVER": _env("MAIL_SERVER"),
        "MAIL_OUTBOX_ONLY": _flag("MAIL_OUTBOX_ONLY", demonstration),
        "MAIL_PORT": _whole("MAIL_PORT", 587),
        "MAIL_USE_TLS": _flag("MAIL_USE_TLS", True),
        "MAIL_USE_SSL": _flag("MAIL_USE_SSL", False),
        "MAIL_USERNAME": _env("MAIL_USERNAME"),
        "MAIL_PASSWORD": _env("MAIL_PASSWORD"),
        "MAIL_FROM": _env("MAIL_FROM", "Wasl Academy <academy@example.org>"),
        "INSTANCE_NAMES": {
            "en": _env("INSTANCE_NAME_EN", "Wasl Academy"),
            "fr": _env("INSTANCE_NAME_FR", "Académie Wasl"),
            "ar": _env("INSTANCE_NAME_AR", "أكاديمية وصل"),
        },
        # What certificates say beside the names above: the role that signs, and the first letters of serial numbers.
        "SIGNATORY": {
            "en": _env("SIGNATORY_EN", "Director of Programmes"),
            "fr": _env("SIGNATORY_FR", "Direction des programmes"),
            "ar": _env("SIGNATORY_AR", "إدارة البرامج"),
        },
        "SERIAL_PREFIX": _serial_prefix(),
        # Who sends it may read /metrics.
        "METRICS_TOKEN": _metrics_token(),
        "CONTACT": _env("CONTACT", "academy@example.org"),
        "RETENTION_DAYS": {name: _days(name, days) for name, days in RETENTION_DAYS.items()},
    }


def _days(name: str, default: int) -> int:
    variable = f"RETAIN_{name.upper().replace('-', '_')}_DAYS"
    days = _whole(variable, default)
    if days == 0 and name not in MAY_BE_KEPT:
        raise BadConfiguration(f"{variable} must be at least 1")
    return days


def _serial_prefix() -> str:
    prefix = _env("SERIAL_PREFIX", "WA")
    if not (prefix.isascii() and prefix.isalnum() and prefix.isupper() and len(prefix) <= 8):
        raise BadConfiguration(f"SERIAL_PREFIX must be at most 8 letters A-Z or digits, not {prefix!r}")
    return prefix


def _metrics_token() -> str:
    token = _env("METRICS_TOKEN")
    if token and len(token) < 16:
        raise BadConfiguration("METRICS_TOKEN must have at least 16 characters, for example: openssl rand -hex 16")
    return token


def database_url(url: str) -> str:
    """PostgreSQL always through psycopg 3, whichever way the address is spelt."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
