"""A certificate's claims as pages say them: the words of the paper, in the language of the page."""

import datetime as dt
from dataclasses import dataclass

from babel import Locale
from flask_babel import gettext as _

from elearn.catalogue.words import LEVELS
from elearn.certification import designs
from elearn.certification.dates import gregorian, hijri
from elearn.certification.queries import Record
from elearn.certification.rules import CertificateData, Status, Titled
from elearn.core.i18n import isolate


@dataclass(frozen=True)
class Shown:
    """What a page shows of a certificate in one language: allow-listed here, so that nothing else can slip in."""

    data: CertificateData
    kind: str
    course: Titled
    status: Status
    sentence: str
    facts: list[tuple[str, str]]
    erased: bool
    successor: str
    fingerprint: str
    size: int


def shown(record: Record, lang: str) -> Shown:
    """The certificate as a page in this language says it; every sentence of the paper is repeated."""
    data, words = record.data_in(lang), designs.present(designs.CURRENT).wording[lang]
    issued = _day(data.issued_on, lang)
    facts = [
        (_("Level"), str(LEVELS[data.level])),
        (_("Duration"), words.hours(data.minutes)),
        (_("Language of study"), str(Locale(lang).languages[data.studied_in])),
        (_("Result"), words.percent(data.score) if data.score is not None else ""),
        (_("Issued on"), issued),
        (_("Valid until"), _day(data.expires_on, lang) if data.expires_on else ""),
        (_("Issued by"), data.issuer[lang]),
        (_("For the issuer"), data.signatory[lang]),
    ]
    return Shown(
        data=data,
        kind=words.one_of("kind", data.kind),
        course=data.course[lang],
        status=record.status,
        sentence=_sentence(record, data, lang),
        facts=[(label, value) for label, value in facts if value],
        erased=record.holder is None,
        successor=record.successor or "",
        fingerprint=record.file.blob_sha if record.file else "",
        size=record.file.size if record.file else 0,
    )


def _sentence(record: Record, data: CertificateData, lang: str) -> str:
    ended = record.certificate.ended_at
    on = isolate(gregorian(ended.date(), lang)) if ended else ""
    until = isolate(gregorian(data.expires_on, lang)) if data.expires_on else ""
    said = {
        Status.VALID: _("Valid. Issued on %(date)s.", date=isolate(gregorian(data.issued_on, lang))),
        Status.EXPIRED: _("Expired. It was valid until %(date)s.", date=until),
        Status.REVOKED: _("Revoked on %(date)s. It is no longer valid.", date=on),
        Status.SUPERSEDED: _("Replaced on %(date)s by a newer certificate. This one is no longer valid.", date=on),
    }
    return str(said[record.status])


def _day(day: dt.date, lang: str) -> str:
    lunar = hijri(day, lang)
    return f"{isolate(gregorian(day, lang))} ({isolate(lunar)})" if lunar else gregorian(day, lang)
