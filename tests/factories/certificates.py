"""What a certificate claims, for tests of the paper: no rows."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from elearn.certification.rules import CertificateData, Titled, new_code

MADE_AT = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
CODE = new_code(bytes(range(7, 23)))
COURSE = {
    "en": "Conditional Cash Transfers, part 1: Foundations and reaching the right households",
    "fr": "Transferts monétaires conditionnels, partie 1 : fondements et ciblage des ménages",
    "ar": "التحويلات النقدية المشروطة، الجزء الأول: الأسس والوصول إلى الأسر المستحقة",
}
ISSUER = {"en": "Wasl Academy", "fr": "Académie Wasl", "ar": "أكاديمية وصل"}
SIGNATORY = {"en": "Director of Programmes", "fr": "Direction des programmes", "ar": "إدارة البرامج"}


def claim(
    languages: tuple[str, str] = ("en", "ar"), *, titles: Mapping[str, str] = COURSE, **changes: Any
) -> CertificateData:
    """The certificate of a plainly fictional person. Any field may be given."""
    fields: dict[str, Any] = {
        "code": CODE,
        "serial": "WA-2026-000123",
        "kind": "completion",
        "languages": languages,
        "name_latin": "Amina Issoufou",
        "name_arabic": "أمينة إيسوفو",
        "course": {lang: Titled(lang, titles[lang]) for lang in languages},
        "level": "intermediate",
        "minutes": 390,
        "studied_in": "ar",
        "score": 84,
        "issued_on": dt.date(2026, 11, 21),
        "expires_on": None,
        "issuer": {lang: ISSUER[lang] for lang in languages},
        "signatory": {lang: SIGNATORY[lang] for lang in languages},
        "address": f"https://academy.example.org/verify/{CODE}",
        "demonstration": False,
    }
    return CertificateData(**(fields | changes))
