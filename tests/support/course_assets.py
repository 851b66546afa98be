"""Files that a course may hand out or play: the smallest that are whole, put together by hand."""

import io
import struct
import zipfile
from collections.abc import Mapping

OFFICE = "application/vnd.openxmlformats-officedocument"
MAINS = {
    ".xlsx": f"{OFFICE}.spreadsheetml.sheet.main+xml",
    ".docx": f"{OFFICE}.wordprocessingml.document.main+xml",
    ".pptx": f"{OFFICE}.presentationml.presentation.main+xml",
}
OPEN = {
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
CAPTIONS = (
    b"WEBVTT\n\n00:01.000 --> 00:04.500\nWho is counted?\n\nNOTE said softly\n\n"
    b"2\n00:05.000 --> 00:07.000\nEverybody.\n"
)


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these files; the same bytes whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 21, 0, 0, 0)), data, method)
    return out.getvalue()


def office(suffix: str, parts: Mapping[str, bytes] | None = None) -> bytes:
    """A document of Microsoft Office or OpenDocument, by the ending of its name."""
    if suffix in OPEN:
        return zipped({"mimetype": OPEN[suffix].encode(), "content.xml": b"<office/>", **(parts or {})})
    index = f'<Types><Override PartName="/main.xml" ContentType="{MAINS[suffix]}"/></Types>'.encode()
    return zipped({"[Content_Types].xml": index, "main.xml": b"<main/>", **(parts or {})})


def mp3(frames: int = 4, *, tagged: bool = False) -> bytes:
    """Silence at 128 kbit/s and 44,100 Hz: frames of 417 bytes."""
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"\x00" * 10 if tagged else b""
    return tag + (b"\xff\xfb\x90\x00" + b"\x00" * 413) * frames


def ogg(codec: bytes = b"OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00") -> bytes:
    """An Ogg file of two pages."""

    def page(content: bytes, flags: int) -> bytes:
        head = b"OggS\x00" + bytes([flags]) + b"\x00" * 8 + b"\x01\x00\x00\x00" + b"\x00" * 8
        return head + bytes([1, len(content)]) + content

    return page(codec, 2) + page(b"\xfc\xff\xfe", 4)


def _box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def mp4(*handlers: bytes, brand: bytes = b"isom") -> bytes:
    """An MP4 file with one track for each handler: b"vide" for pictures, b"soun" for sound."""
    tracks = b"".join(
        _box(b"trak", _box(b"tkhd", b"\x00" * 20) + _box(b"mdia", _box(b"hdlr", b"\x00" * 8 + handler + b"\x00" * 13)))
        for handler in handlers
    )
    return _box(b"ftyp", brand + b"\x00\x00\x02\x00isom") + _box(b"moov", tracks) + _box(b"mdat", b"\x00" * 64)


def webm(kind: bytes = b"webm", missing: int = 0) -> bytes:
    """A WebM file whose only segment is empty noise."""
    fields = (
        b"\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82" + bytes([0x80 | len(kind)]) + kind
    )
    segment = b"\x00" * 40
    return (
        b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(fields)]) + fields
        + b"\x18\x53\x80\x67" + bytes([0x80 | len(segment)]) + segment[missing:]
    )  # fmt: skip


WHOLE: dict[str, bytes] = {
    "note.pdf": PDF,
    **{f"budget{suffix}": office(suffix) for suffix in (*MAINS, *OPEN)},
    "figures.csv": "البلد;الأسر\r\nالنيجر;41\r\n".encode("utf-8-sig"),
    "words.txt": "Compter, c’est décider.\n".encode(),
    "talk.mp3": mp3(tagged=True),
    "talk.ogg": ogg(),
    "talk.opus": ogg(b"\x01vorbis" + b"\x00" * 23),
    "talk.m4a": mp4(b"soun", brand=b"M4A "),
    "film.mp4": mp4(b"vide", b"soun"),
    "film.webm": webm(),
    "film.en.vtt": CAPTIONS,
}
