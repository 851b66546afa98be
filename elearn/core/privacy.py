"""Each domain's part in a person's rights: what of theirs it gives out, and what it erases."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """What one domain does: `export(user_id)` returns JSON, `erase(user_id)` works in the present transaction."""

    domain: str
    export: Callable[[int], Any]
    erase: Callable[[int], None]


_parts: dict[str, Part] = {}


def register(domain: str, *, export: Callable[[int], Any], erase: Callable[[int], None]) -> None:
    """Take part. Called once by each domain that keeps something about a person."""
    _parts[domain] = Part(domain, export, erase)


def parts() -> tuple[Part, ...]:
    """Every domain's part, in a stable order."""
    return tuple(_parts[name] for name in sorted(_parts))
