"""What may be listened to and watched in a course: sound, film and captions, each by its own structure. Pure.

A name and a few first bytes prove little: whatever begins like a film passes for one. So the outermost structure of a
recording is followed: enough to know that it is whole and of the kind that browsers play, and to find its sound.
"""

import hashlib
import re
from collections.abc import Callable, Iterator

from elearn.catalogue.compiled import Asset
from elearn.catalogue.encodings import Undecided, decode
from elearn.catalogue.sizes import AUDIO, MAX_CAPTIONS, VIDEO, suffix_of
from elearn.catalogue.yamlread import ODD

CAPTIONS = (".vtt",)
SUFFIXES = (*AUDIO, *VIDEO, *CAPTIONS)
TYPES = {
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".vtt": "text/vtt",
}
MOST_CUES = 5_000

Report = Callable[[int, str], None]

_TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_CUE = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+\S.*)?[ \t]*\Z")
_BIT_RATES = {  # kbit/s of MPEG layer III, by the number in a frame's header
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def examine(path: str, data: bytes, report: Report) -> Asset | None:
    """The recording or its captions, or None after reporting (line, message) what is wrong."""
    suffix = suffix_of(path)
    if suffix == ".vtt":
        sound = _captions(data, report)
    else:
        wrong = _LOOKS[suffix](data)
        if wrong:
            report(1, f"the name says {suffix}, but {wrong}")
        sound = not wrong
    return Asset(path, data, hashlib.sha256(data).hexdigest(), TYPES[suffix]) if sound else None


def _mpeg(data: bytes) -> str:
    """MP3: after a tag, one frame after another, each as long as its header says."""
    at = 0
    if data[:3] == b"ID3" and len(data) > 10:
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    at = next((start for start in range(at, min(at + 4_096, len(data))) if _frames(data, start, 2)), -1)
    return "" if at >= 0 else "no sound of that kind is in it"


def _frames(data: bytes, at: int, wanted: int) -> bool:
    """Whether so many frames of MPEG layer III follow each other from here on; the last may end the file."""
    for _number in range(wanted):
        if at == len(data):
            return True
        head = data[at : at + 4]
        if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] & 0x06 != 0x02:
            return False
        version, rate, sample = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
        if version == 1 or sample == 3 or not 0 < rate < 15:
            return False
        bits = _BIT_RATES[1 if version == 3 else 2][rate] * 1000
        at += (144 if version == 3 else 72) * bits // _SAMPLES[version][sample] + (head[2] >> 1 & 1)
    return True


def _ogg(data: bytes) -> str:
    if data[:4] != b"OggS" or len(data) < 27:
        return "this is no Ogg file"
    start = 27 + data[26]
    if not data[start:].startswith((b"OpusHead", b"\x01vorbis")):
        return "it holds neither Opus nor Vorbis sound"
    last = data.rfind(b"OggS")
    if len(data) < last + 27 or len(data) < last + 27 + data[last + 26]:
        return "it is cut off"
    lengths = data[last + 27 : last + 27 + data[last + 26]]
    return "" if len(data) == last + 27 + len(lengths) + sum(lengths) else "it is cut off"


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of an MP4 file: name, and where the content begins and ends; ends with b'' where one is cut off."""
    while at < end:
        size, name, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if len(name) < 4 or size < head or at + size > end:
            yield b"", at, at
            return
        yield name, at + head, at + size
        at += size


def _mp4(data: bytes, *, film: bool) -> str:
    boxes = list(_boxes(data, 0, len(data)))
    names = [name for name, _start, _end in boxes]
    if names[:1] != [b"ftyp"] or data[8:12] == b"qt  ":
        return "this is no MP4 file"
    if b"" in names or b"moov" not in names or b"mdat" not in names:
        return "it is cut off"
    _name, start, end = boxes[names.index(b"moov")]
    tracks = [(first, last) for name, first, last in _boxes(data, start, end) if name == b"trak"]
    handlers = {_handler(data, first, last) for first, last in tracks}
    if film:
        return "" if b"vide" in handlers else "no film is in it"
    return "no sound is in it" if b"soun" not in handlers else "a film is in it" if b"vide" in handlers else ""


def _handler(data: bytes, start: int, end: int) -> bytes:
    """What a track of an MP4 file is for."""
    for name, first, last in _boxes(data, start, end):
        if name == b"mdia":
            return _handler(data, first, last)
        if name == b"hdlr":
            return data[first + 8 : first + 12]
    return b""


def _webm(data: bytes) -> str:
    if data[:4] != b"\x1a\x45\xdf\xa3":
        return "this is no WebM file"
    length = _vint(data, 4)
    if length is None:
        return "it is cut off"
    head = data[length[1] : length[1] + length[0]]
    if b"\x42\x82\x84webm" not in head:
        return "this is no WebM file (Matroska is another kind)"
    at = length[1] + length[0]
    size = _vint(data, at + 4)
    if data[at : at + 4] != b"\x18\x53\x80\x67" or size is None:
        return "it is cut off"
    unknown = size[0] == (1 << 7 * (size[1] - at - 4)) - 1  # written while it was recorded
    return "" if unknown or size[1] + size[0] <= len(data) else "it is cut off"


def _vint(data: bytes, at: int) -> tuple[int, int] | None:
    """A number as WebM writes it, and where the next thing begins."""
    if at >= len(data) or data[at] == 0:
        return None
    length = 9 - data[at].bit_length()
    if at + length > len(data):
        return None
    return int.from_bytes(data[at : at + length], "big") & ((1 << 7 * length) - 1), at + length


_LOOKS: dict[str, Callable[[bytes], str]] = {
    ".mp3": _mpeg,
    ".ogg": _ogg,
    ".opus": _ogg,
    ".m4a": lambda data: _mp4(data, film=False),
    ".mp4": lambda data: _mp4(data, film=True),
    ".webm": _webm,
}


def _captions(data: bytes, report: Report) -> bool:
    """Whether captions are well-formed WebVTT: a browser shows nothing of a file in which it stumbles."""
    if len(data) > MAX_CAPTIONS:
        report(1, f"larger than {MAX_CAPTIONS // 1000} kB: {len(data) / 1000:,.0f} kB")
        return False
    try:
        text, note = decode(data)
    except Undecided as wrong:
        report(wrong.line, str(wrong))
        return False
    if note:
        report(1, "captions must be UTF-8: save them as such")
        return False
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    wrongs = list(_wrong_captions(lines))
    for line, message in wrongs:
        report(line, message)
    return not wrongs


def _wrong_captions(lines: list[str]) -> Iterator[tuple[int, str]]:
    if not re.match(r"WEBVTT(?:[ \t]|\Z)", lines[0]):
        yield 1, "captions begin with a line that says WEBVTT"
        return
    if len(lines) > 1 and lines[1].strip():
        yield 2, "an empty line stands after WEBVTT"
        return
    cues, last = 0, -1
    for number, block in _blocks(lines):
        if re.match(r"(?:NOTE|STYLE|REGION)(?:[ \t]|\Z)", block[0]):
            if not block[0].startswith("NOTE"):
                yield number, f"{block[0].split()[0]} blocks are not allowed: plain cues and notes only"
            continue
        at = 0 if "-->" in block[0] else 1
        cue = _CUE.match(block[at]) if len(block) > at else None
        if cue is None:
            yield number + min(at, len(block) - 1), "a cue begins with its times: 00:01.000 --> 00:04.500"
            return
        start, end = _moment(cue.groups()[:4]), _moment(cue.groups()[4:])
        if end <= start:
            yield number + at, "this cue ends before it begins"
        if start < last:
            yield number + at, "this cue begins before the one above it"
        if len(block) == at + 1:
            yield number + at, "this cue has no words"
        for further, line in enumerate(block, start=number):
            if (odd := ODD.search(line)) is not None:
                yield further, f"a control character or an odd line break (U+{ord(odd[0]):04X})"
        last = max(last, start)
        cues += 1
    if not cues:
        yield 1, "no captions are in it"
    elif cues > MOST_CUES:
        yield 1, f"more than {MOST_CUES:,} cues"


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Lines that belong together, each with the number of its first."""
    block: list[str] = []
    for number, line in enumerate([*lines[1:], ""], start=2):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _moment(parts: tuple[str | None, ...]) -> int:
    """Milliseconds."""
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
