"""A date as documents carry it: Gregorian and Hijri (Umm al-Qura), in words, in three languages, digits 0-9.

Written out here and not taken from a locale library: the wording is part of what an issued document says.
"""

import datetime as dt

_GREGORIAN = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "ar": (
        "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو",
        "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
    ),
}  # fmt: skip
_HIJRI = {
    "en": (
        "Muharram", "Safar", "Rabi al-Awwal", "Rabi al-Thani", "Jumada al-Ula", "Jumada al-Akhira",
        "Rajab", "Shaban", "Ramadan", "Shawwal", "Dhu al-Qada", "Dhu al-Hijja",
    ),
    "fr": (
        "mouharram", "safar", "rabia al-awal", "rabia ath-thani", "joumada al-oula", "joumada ath-thania",
        "rajab", "chaabane", "ramadan", "chawwal", "dhou al-qi’da", "dhou al-hijja",
    ),
    "ar": (
        "محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة",
        "رجب", "شعبان", "رمضان", "شوال", "ذو القعدة", "ذو الحجة",
    ),
}  # fmt: skip
_ERA = {"en": "AH", "fr": "H", "ar": "هـ"}
NO_BREAK = "\u00a0"


def gregorian(day: dt.date, lang: str) -> str:
    """`21 November 2026`, `1er mars 2026`, `21 نوفمبر 2026`."""
    number = "1er" if lang == "fr" and day.day == 1 else str(day.day)
    return NO_BREAK.join((number, _GREGORIAN[lang][day.month - 1], str(day.year)))


def hijri(day: dt.date, lang: str) -> str:
    """`11 Jumada al-Akhira 1448 AH`; empty outside the years that the Umm al-Qura tables know (1343-1500)."""
    from hijridate import Gregorian

    try:
        converted = Gregorian.fromdate(day).to_hijri()
    except OverflowError:
        return ""
    number = "1er" if lang == "fr" and converted.day == 1 else str(converted.day)
    month = _HIJRI[lang][converted.month - 1].replace(" ", NO_BREAK)
    return NO_BREAK.join((number, month, str(converted.year), _ERA[lang]))
