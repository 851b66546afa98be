"""The words that stand around a text, in the language of that text; and its numbers, sizes and times."""

from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from babel.units import format_unit

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku-arab", "ps", "sd", "ug", "ur", "yi"})

WORDS: dict[str, dict[str, str]] = {
    "note": {"en": "Note", "fr": "À noter", "ar": "ملاحظة"},
    "caution": {"en": "Caution", "fr": "Attention", "ar": "تنبيه"},
    "example": {"en": "Example", "fr": "Exemple", "ar": "مثال"},
    "country": {"en": "In your country", "fr": "Dans votre pays", "ar": "في بلدك"},
    "decision": {"en": "A decision to take", "fr": "Une décision à prendre", "ar": "قرار ينبغي اتخاذه"},
    "summary": {"en": "Summary", "fr": "En résumé", "ar": "الخلاصة"},
    "answer": {"en": "See the answer", "fr": "Voir la réponse", "ar": "عرض الإجابة"},
    "table": {"en": "Table", "fr": "Tableau", "ar": "جدول"},
    "footnotes": {"en": "Footnotes", "fr": "Notes de bas de page", "ar": "الحواشي"},
    "back": {"en": "Back to the text, note", "fr": "Retour au texte, note", "ar": "العودة إلى النص، الحاشية"},
    "open": {"en": "To do:", "fr": "À faire\u00a0:", "ar": "مطلوب:"},
    "done": {"en": "Done:", "fr": "Fait\u00a0:", "ar": "تم:"},
    "terms": {"en": "Terms", "fr": "Termes", "ar": "المصطلحات"},
    "back-term": {"en": "Back to the text:", "fr": "Retour au texte\u00a0:", "ar": "العودة إلى النص:"},
    "close": {"en": "Close", "fr": "Fermer", "ar": "إغلاق"},
    "sources": {"en": "Sources", "fr": "Sources", "ar": "المصادر"},
    "source": {"en": "Source:", "fr": "Source\u00a0:", "ar": "المصدر:"},
    "check": {"en": "Check yourself", "fr": "Pour vous tester", "ar": "للتحقق من الفهم"},
    "right": {"en": "Right.", "fr": "Exact.", "ar": "إجابة صحيحة."},
    "wrong": {"en": "Not quite.", "fr": "Pas tout à fait.", "ar": "إجابة غير صحيحة."},
    "transcript": {"en": "Transcript", "fr": "Transcription", "ar": "النص المكتوب"},
    "captions": {"en": "Captions", "fr": "Sous-titres", "ar": "نص مصاحب"},
    "audio-at": {"en": "Listen at", "fr": "Écouter sur", "ar": "الاستماع على"},
    "video-at": {"en": "Watch at", "fr": "Regarder sur", "ar": "المشاهدة على"},
    "figures": {"en": "The figures in a table", "fr": "Les chiffres en tableau", "ar": "الأرقام في جدول"},
    "bar": {"en": "Bar chart.", "fr": "Graphique en barres.", "ar": "رسم بياني بالأشرطة."},
    "stacked": {"en": "Stacked bar chart.", "fr": "Graphique en barres empilées.", "ar": "رسم بياني بأشرطة متراكمة."},
    "line": {"en": "Line chart.", "fr": "Graphique en courbes.", "ar": "رسم بياني خطي."},
    "lowest": {"en": "Lowest:", "fr": "Le plus bas\u00a0:", "ar": "الأدنى:"},
    "highest": {"en": "Highest:", "fr": "Le plus haut\u00a0:", "ar": "الأعلى:"},
    "behind": {
        "en": "All figures stand in the table below.",
        "fr": "Tous les chiffres figurent dans le tableau ci-dessous.",
        "ar": "جميع الأرقام واردة في الجدول أدناه.",
    },
    "document": {"en": "document", "fr": "document", "ar": "مستند"},
    "spreadsheet": {"en": "spreadsheet", "fr": "tableur", "ar": "جدول بيانات"},
    "slides": {"en": "presentation", "fr": "présentation", "ar": "عرض تقديمي"},
    "text": {"en": "text", "fr": "texte", "ar": "نص"},
    "archive": {"en": "archive", "fr": "archive", "ar": "أرشيف"},
    "sound": {"en": "audio", "fr": "audio", "ar": "ملف صوتي"},
    "film": {"en": "video", "fr": "vidéo", "ar": "ملف فيديو"},
    "file": {"en": "file", "fr": "fichier", "ar": "ملف"},
    "kb": {"en": "KB", "fr": "Ko", "ar": "كيلوبايت"},
    "mb": {"en": "MB", "fr": "Mo", "ar": "ميغابايت"},
    "comma": {"en": ", ", "fr": ", ", "ar": "، "},
}


def word(key: str, lang: str) -> str:
    """A word of the frame around a text, in the language of that text."""
    return WORDS[key].get(lang, WORDS[key]["en"])


def direction(lang: str) -> str:
    """'rtl' or 'ltr', by the language's code."""
    return "rtl" if lang.lower() in RIGHT_TO_LEFT or lang.lower().split("-")[0] in RIGHT_TO_LEFT else "ltr"


@cache
def _locale(lang: str) -> Locale:
    try:
        return Locale.parse(lang)
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def number(value: Decimal, lang: str, decimals: int = 0) -> str:
    """A number as the text's language writes it, digits 0-9; a minus stays before it also from right to left."""
    value = round(value, decimals)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    told = format_decimal(abs(value), format=pattern, locale=_locale(lang), numbering_system="latn")
    if value >= 0:
        return told
    return f"\u2066\u2212{told}\u2069" if direction(lang) == "rtl" else f"\u2212{told}"


def size(count: int, lang: str) -> str:
    """Bytes as a reader on a slow link counts them: 9 KB, 1.2 MB."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))}\u00a0{word('kb', lang)}"
    return f"{number(Decimal(count) / 1_000_000, lang, 1)}\u00a0{word('mb', lang)}"


def minutes(count: int, lang: str) -> str:
    """12 min · 12 min · 12 دقيقة."""
    length: Literal["short", "long"] = "long" if lang == "ar" else "short"  # the short form is a lone letter
    return format_unit(count, "duration-minute", length=length, locale=_locale(lang), numbering_system="latn")
