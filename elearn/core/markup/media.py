"""Recordings and attachments: what they are and weigh in words, and nothing loaded until it is asked for."""

import re
import unicodedata
import xml.etree.ElementTree as etree
from urllib.parse import urlsplit

from elearn.core.markup.blocks import Block
from elearn.core.markup.notes import clip
from elearn.core.markup.references import Attachment
from elearn.core.markup.words import direction, minutes, size
from elearn.core.markup.work import Work

LONGEST = 600  # minutes
_KINDS = (  # by the beginning of the type, the first that fits
    ("audio/", "sound"),
    ("video/", "film"),
    ("text/csv", "spreadsheet"),
    ("text/", "text"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml", "spreadsheet"),
    ("application/vnd.oasis.opendocument.spreadsheet", "spreadsheet"),
    ("application/vnd.openxmlformats-officedocument.presentationml", "slides"),
    ("application/vnd.oasis.opendocument.presentation", "slides"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml", "document"),
    ("application/vnd.oasis.opendocument.text", "document"),
    ("application/pdf", "document"),
    ("application/zip", "archive"),
)


def facts(file: Attachment, work: Work) -> str:
    """Kind, format and size: spreadsheet, XLSX, 24 KB."""
    kind = next((key for beginning, key in _KINDS if file.mime.startswith(beginning)), "file")
    suffix = file.name.rpartition(".")[2].upper() if "." in file.name else ""
    if suffix and direction(work.lang) == "rtl":  # else it would draw the number after it to its own side
        suffix = f"\u2068{suffix}\u2069"
    return work.word("comma").join(part for part in (work.word(kind), suffix, size(file.size, work.lang)) if part)


def attachment(link: etree.Element, file: Attachment, work: Work) -> None:
    """A link to a file says what it leads to."""
    link.attrib.update({"href": file.url, "download": "", "class": "file"})
    last = link[-1] if len(link) else None
    if last is None:
        link.text = f"{link.text or ''} "
    else:
        last.tail = f"{last.tail or ''} "
    etree.SubElement(link, "span", {"class": "facts-of"}).text = f"({facts(file, work)})"


def recording(element: etree.Element, block: Block, work: Work) -> None:
    """Turn the block into a figure: the title with minutes and size, the player or a link, the transcript in a fold."""
    title, *transcript = list(element)
    element.tag, element.attrib, element[:] = "figure", {"class": "media"}, []
    element.text = None
    heading = etree.SubElement(element, "figcaption")
    heading.text, heading[:] = title.text, title[:]
    told = etree.SubElement(heading, "span", {"class": "facts-of"})
    length = _minutes(block, work)
    if ("file" in block.settings) == ("link" in block.settings):
        work.notes.add("a recording has either 'file:' or 'link:'", line=block.line)
    elif "link" in block.settings:
        _elsewhere(element, block, work)
    else:
        length = [*length, *_player(element, block, work, work.text(title))]
    told.text = " · ".join(length)
    if not any(work.text(part) for part in transcript):
        work.notes.add("a recording needs its transcript, as text in the block", line=block.line)
    fold = etree.SubElement(element, "details", {"class": "fold"})
    etree.SubElement(fold, "summary").text = work.word("transcript")
    fold.extend(transcript)


def _minutes(block: Block, work: Work) -> list[str]:
    told = "".join(
        str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c
        for c in block.settings.get("minutes", "")[:20]
    )
    if re.fullmatch(r"[0-9]{1,3}", told) and 1 <= int(told) <= LONGEST:
        return [minutes(int(told), work.lang)]
    work.notes.add(f"'minutes:' says how long a recording is, 1 to {LONGEST}", line=block.at("minutes"))
    return []


def _elsewhere(element: etree.Element, block: Block, work: Work) -> None:
    """A recording on another site is a link that says which."""
    target = block.settings["link"]
    try:
        parts = urlsplit(target)
        site = parts.hostname or ""
    except ValueError:
        parts, site = urlsplit(""), ""
    if parts.scheme != "https" or not site or not re.fullmatch(r"[^\s\"<>`]+", target):
        work.notes.add(f"'link:' is an address that begins with https://: {clip(target)}", line=block.at("link"))
        return
    for key in ("captions", "poster"):
        if key in block.settings:
            work.notes.add(f"'{key}' belongs to a 'file:', not to a link", line=block.at(key))
    line = etree.SubElement(element, "p")
    link = etree.SubElement(line, "a", {"href": target, "rel": "noopener"})
    link.text = f"{work.word(f'{block.kind}-at')} "
    etree.SubElement(link, "bdi").text = site.removeprefix("www.")


def _player(element: etree.Element, block: Block, work: Work, title: str) -> list[str]:
    """The player of a file of the course; its size in words."""
    found = work.file(block.settings["file"], "", block.at("file"))
    if found is None:
        return []
    if found.mime and not found.mime.startswith(f"{block.kind}/") and found.url:
        work.notes.add(f"'file:' is not {block.kind}: {clip(found.name)}", line=block.at("file"))
    player = etree.SubElement(
        element, block.kind, {"controls": "", "preload": "none", "src": found.url, "aria-label": title}
    )
    if block.kind == "video":
        _pictures(player, block, work)
    return [size(found.size, work.lang)]


def _pictures(player: etree.Element, block: Block, work: Work) -> None:
    if "poster" in block.settings:
        poster = work.picture(block.settings["poster"], "", block.at("poster"))
        if poster is not None:
            player.attrib.update({"poster": poster.url, "width": str(poster.width), "height": str(poster.height)})
    if "captions" not in block.settings:
        work.notes.add("a video needs 'captions:', a file of the type .vtt", line=block.line)
        return
    captions = work.file(block.settings["captions"], "", block.at("captions"))
    if captions is None:
        return
    if captions.url and captions.mime != "text/vtt":
        work.notes.add(f"'captions:' is not a file of the type .vtt: {clip(captions.name)}", line=block.at("captions"))
    etree.SubElement(
        player,
        "track",
        {"kind": "captions", "src": captions.url, "srclang": work.lang, "label": work.word("captions")},
    )
