"""The designs of the papers: a folder each, with its wording in every language, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale
from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from elearn.catalogue.rules import hours
from elearn.core.i18n import isolate
from elearn.core.pdf import Room

FOLDER = Path(__file__).with_name("designs")
CURRENT = "classic"  # in which certificates are issued


@dataclass(frozen=True)
class Wording:
    """What a design says in one language; every value put into a sentence is isolated from its direction."""

    lang: str
    texts: Mapping[str, Any]

    def say(self, key: str, **values: str) -> str:
        return str(self.texts[key]).format(**{name: isolate(value) for name, value in values.items()})

    def one_of(self, key: str, choice: str) -> str:
        return str(self.texts[key][choice])

    def hours(self, minutes: int) -> str:
        """As the course page counts them, in the digits 0-9, in the right plural."""
        value = hours(minutes)
        whole = value == value.to_integral_value()
        shown = str(int(value) if whole else value.normalize()).replace(".", str(self.texts["decimal"]))
        forms = self.texts["hours"]
        form = Locale(self.lang).plural_form(int(value) if whole else value)
        return str(forms.get(form, forms["other"])).format(n=isolate(shown))

    def percent(self, value: int) -> str:
        return str(self.texts["percent"]).format(n=value)


@dataclass(frozen=True)
class Design:
    """One design as its folder describes it."""

    name: str
    version: int
    folder: Path
    stylesheet: str
    ground: str
    room: Room
    tightest: int
    steps: Mapping[str, tuple[int, ...]]
    wording: Mapping[str, Wording]
    page: Template

    @property
    def label(self) -> str:
        """How an issued certificate names it."""
        return f"{self.name}@{self.version}"


def present(name: str) -> Design:
    """The design of that name as it is now; a KeyError when there is none."""
    if not name.isidentifier() or not (FOLDER / name / "design.yaml").is_file():
        raise KeyError(name)
    return _read(FOLDER / name)


def load(label: str) -> Design:
    """The design that a certificate names, `classic@1`: the present one, or an old one kept as `classic@1/`."""
    name, _at, version = label.partition("@")
    design = present(name)
    if version == str(design.version):
        return design
    if not version.isdecimal() or not (FOLDER / label / "design.yaml").is_file():
        raise KeyError(label)
    return _read(FOLDER / label)


@lru_cache(maxsize=8)
def _read(folder: Path) -> Design:
    described = yaml.safe_load((folder / "design.yaml").read_text(encoding="utf-8"))
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Design(
        name=described["name"],
        version=described["version"],
        folder=folder,
        stylesheet=described["stylesheet"],
        ground=described["ground"],
        room=Room(described["room"]["element"], described["room"]["lowest"]),
        tightest=described["tightest"],
        steps={what: tuple(limits) for what, limits in described["steps"].items()},
        wording={lang: Wording(lang, texts) for lang, texts in described["texts"].items()},
        page=environment.get_template(described["page"]),
    )
