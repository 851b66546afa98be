"""A course of one lesson that holds every element there is, in three languages."""

from pathlib import Path

from tests.support.course_assets import mp3, mp4, office

FOLDER = Path(__file__).parent.parent / "factories" / "courses" / "every-element"
SLUG, STEP = "every-element", "everything"
_CUES = {"en": "Who is at home?", "fr": "Qui est là ?", "ar": "من في البيت؟"}


def files() -> dict[str, bytes]:
    """The course's files; recordings and documents are put together here."""
    found = {str(path.relative_to(FOLDER)): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    captions = {
        f"assets/film.{lang}.vtt": f"WEBVTT\n\n00:01.000 --> 00:04.500\n{cue}\n".encode() for lang, cue in _CUES.items()
    }
    return found | captions | {
        "assets/talk.mp3": mp3(200),
        "assets/film.mp4": mp4(b"vide", b"soun"),
        "assets/plan.xlsx": office(".xlsx"),
    }  # fmt: skip


def write(folder: Path) -> Path:
    """The course as a folder."""
    for name, data in files().items():
        path = folder / SLUG / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder / SLUG
