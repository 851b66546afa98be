"""How large the files of a course may be, by the endings of their names. Pure."""

MAX_FILE = 1_000_000  # no text may be larger, nor anything that is not named below
MAX_PICTURE = 300_000
MAX_DOCUMENT = 2_000_000
MAX_AUDIO = 10_000_000
MAX_VIDEO = 40_000_000
MAX_CAPTIONS = 300_000
MAX_FILES = 3_000
MAX_TOTAL = 200_000_000

DOCUMENTS = (".pdf", ".xlsx", ".docx", ".pptx", ".odt", ".ods", ".csv", ".txt")
AUDIO = (".mp3", ".ogg", ".opus", ".m4a")
VIDEO = (".mp4", ".webm")

_LARGEST = {
    **dict.fromkeys(DOCUMENTS, MAX_DOCUMENT),
    **dict.fromkeys(AUDIO, MAX_AUDIO),
    **dict.fromkeys(VIDEO, MAX_VIDEO),
}


def suffix_of(path: str) -> str:
    """The ending of a file's name, in small letters and with its dot; '' without one."""
    name = path.rsplit("/", 1)[-1]
    return name[name.rfind(".") :].lower() if "." in name else ""


def largest(path: str) -> int:
    """How many bytes the file at a path may have."""
    return _LARGEST.get(suffix_of(path), MAX_FILE) if path.startswith("assets/") else MAX_FILE


def too_large(path: str, size: int) -> str:
    """What is wrong with a file of this size; '' when nothing is."""
    most = largest(path)
    if size <= most:
        return ""
    shown = f"{most // 1000:,} kB" if most < 1_000_000 else f"{most // 1_000_000} MB"
    return f"{size / 1_000_000:,.1f} MB: larger than such a file of a course may be ({shown})"
