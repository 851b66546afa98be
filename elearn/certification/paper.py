"""From what a certificate claims to the page and the file that say it. Pure: the same claim, the same bytes."""

import datetime as dt
from dataclasses import dataclass

import segno

from elearn.certification.dates import NO_BREAK, gregorian, hijri
from elearn.certification.designs import Design, Wording, load
from elearn.certification.rules import CertificateData, Titled, canonical, show_code, size_step
from elearn.core import pdf
from elearn.core.i18n import clean_line, direction, isolate


@dataclass(frozen=True, slots=True)
class Column:
    """The certificate in one of its languages: finished sentences."""

    lang: str
    dir: str
    kind: str
    awarded: str
    completing: str
    course: Titled
    course_dir: str
    facts: str
    dates: tuple[str, ...]
    issuer: str
    signatory: str
    serial: str
    code: str
    verify: str
    qr: str


@dataclass(frozen=True, slots=True)
class Name:
    """The holder's name in one script."""

    lang: str
    dir: str
    text: str
    step: int


def compose(data: CertificateData, design: Design, tightness: int = 0) -> str:
    """The page of the certificate, as HTML."""
    across = sorted(data.languages, key=lambda lang: direction(lang) == "rtl")  # Arabic stands on the right
    columns = [_column(data, design, design.wording[lang]) for lang in across]
    return design.page.render(
        data=data,
        lang=data.languages[0],
        columns=columns,
        names=_names(data, design),
        course_step=max(size_step(column.course.text, design.steps["course"]) for column in columns),
        title=" · ".join([*(column.kind for column in columns), data.serial]),
        serial=isolate(data.serial),
        code=isolate(show_code(data.code)),
        address=isolate(data.address.removeprefix("https://").removeprefix("http://")),
        qr=segno.make(data.address, error="m").svg_data_uri(border=0, dark="#1F2427", xmldecl=False),
        demonstration=[
            (wording.lang, direction(wording.lang), wording.say("demonstration")) for wording in design.wording.values()
        ]
        if data.demonstration
        else [],
        tightness=tightness,
    )


def produce(data: CertificateData, label: str, made_at: dt.datetime) -> bytes:
    """The file of the certificate in the design of that label: one page, its claim attached."""
    design = load(label)
    claim = pdf.Attached("certificate.json", canonical(data.claim()), "What this certificate claims, for machines")
    for tightness in range(design.tightest + 1):
        try:
            return pdf.render(
                compose(data, design, tightness),
                folder=design.folder,
                stylesheet=design.stylesheet,
                made_at=made_at,
                ground=design.ground,
                attachments=[claim],
                room=design.room,
            )
        except pdf.TooLong:
            if tightness == design.tightest:
                raise
    raise AssertionError("unreachable")


def _names(data: CertificateData, design: Design) -> list[Name]:
    names = []
    for lang, typed in (("", data.name_latin), ("ar", data.name_arabic)):
        text = clean_line(typed)
        if text:
            names.append(Name(lang, direction(lang), isolate(text), size_step(text, design.steps["name"])))
    return names


def _column(data: CertificateData, design: Design, words: Wording) -> Column:
    lang = words.lang
    title = data.course[lang]
    issued, in_hijri = gregorian(data.issued_on, lang), hijri(data.issued_on, lang)
    facts = [words.one_of("level", data.level), words.hours(data.minutes), words.one_of("studied", data.studied_in)]
    if data.score is not None:
        facts.append(words.say("result", score=words.percent(data.score)))
    dates = [words.say("issued_hijri", date=issued, hijri=in_hijri) if in_hijri else words.say("issued", date=issued)]
    if data.expires_on is not None:
        dates.append(words.say("valid_until", date=gregorian(data.expires_on, lang)))
    return Column(
        lang=lang,
        dir=direction(lang),
        kind=words.one_of("kind", data.kind),
        awarded=words.say("awarded"),
        completing=words.say("completing"),
        course=title,
        course_dir=direction(title.lang),
        facts=" · ".join(fact.replace(" ", NO_BREAK) for fact in facts),
        dates=tuple(dates),
        issuer=data.issuer[lang],
        signatory=data.signatory[lang],
        serial=words.say("serial"),
        code=words.say("code"),
        verify=words.say("verify"),
        qr=words.say("qr", address=data.address),
    )
