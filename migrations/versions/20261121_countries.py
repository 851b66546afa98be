"""The 57 member states of the Organisation of Islamic Cooperation, and two further answers to "which country".

Short names in three languages, after the member states' list of the OIC (oic-oci.org) and the United Nations'
terminology; XX and XI are ours. Inserts only: locks nothing that exists.

Revision ID: 0002_countries
Revises: 0001_first_tables
Create Date: 2026-11-21 18:25:00
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002_countries"
down_revision = "0001_first_tables"
branch_labels = None
depends_on = None

# iso2, English, French, Arabic
MEMBERS = (
    ("AF", "Afghanistan", "Afghanistan", "أفغانستان"),
    ("AL", "Albania", "Albanie", "ألبانيا"),
    ("DZ", "Algeria", "Algérie", "الجزائر"),
    ("AZ", "Azerbaijan", "Azerbaïdjan", "أذربيجان"),
    ("BH", "Bahrain", "Bahreïn", "البحرين"),
    ("BD", "Bangladesh", "Bangladesh", "بنغلاديش"),
    ("BJ", "Benin", "Bénin", "بنين"),
    ("BN", "Brunei Darussalam", "Brunéi Darussalam", "بروناي دار السلام"),
    ("BF", "Burkina Faso", "Burkina Faso", "بوركينا فاسو"),
    ("CM", "Cameroon", "Cameroun", "الكاميرون"),
    ("TD", "Chad", "Tchad", "تشاد"),
    ("KM", "Comoros", "Comores", "جزر القمر"),
    ("CI", "Côte d'Ivoire", "Côte d'Ivoire", "كوت ديفوار"),
    ("DJ", "Djibouti", "Djibouti", "جيبوتي"),
    ("EG", "Egypt", "Égypte", "مصر"),
    ("GA", "Gabon", "Gabon", "الغابون"),
    ("GM", "Gambia", "Gambie", "غامبيا"),
    ("GN", "Guinea", "Guinée", "غينيا"),
    ("GW", "Guinea-Bissau", "Guinée-Bissau", "غينيا بيساو"),
    ("GY", "Guyana", "Guyana", "غيانا"),
    ("ID", "Indonesia", "Indonésie", "إندونيسيا"),
    ("IR", "Iran", "Iran", "إيران"),
    ("IQ", "Iraq", "Irak", "العراق"),
    ("JO", "Jordan", "Jordanie", "الأردن"),
    ("KZ", "Kazakhstan", "Kazakhstan", "كازاخستان"),
    ("KW", "Kuwait", "Koweït", "الكويت"),
    ("KG", "Kyrgyzstan", "Kirghizistan", "قيرغيزستان"),
    ("LB", "Lebanon", "Liban", "لبنان"),
    ("LY", "Libya", "Libye", "ليبيا"),
    ("MY", "Malaysia", "Malaisie", "ماليزيا"),
    ("MV", "Maldives", "Maldives", "المالديف"),
    ("ML", "Mali", "Mali", "مالي"),
    ("MR", "Mauritania", "Mauritanie", "موريتانيا"),
    ("MA", "Morocco", "Maroc", "المغرب"),
    ("MZ", "Mozambique", "Mozambique", "موزمبيق"),
    ("NE", "Niger", "Niger", "النيجر"),
    ("NG", "Nigeria", "Nigéria", "نيجيريا"),
    ("OM", "Oman", "Oman", "عُمان"),
    ("PK", "Pakistan", "Pakistan", "باكستان"),
    ("PS", "Palestine", "Palestine", "فلسطين"),
    ("QA", "Qatar", "Qatar", "قطر"),
    ("SA", "Saudi Arabia", "Arabie saoudite", "السعودية"),
    ("SN", "Senegal", "Sénégal", "السنغال"),
    ("SL", "Sierra Leone", "Sierra Leone", "سيراليون"),
    ("SO", "Somalia", "Somalie", "الصومال"),
    ("SD", "Sudan", "Soudan", "السودان"),
    ("SR", "Suriname", "Suriname", "سورينام"),
    ("SY", "Syria", "Syrie", "سوريا"),
    ("TJ", "Tajikistan", "Tadjikistan", "طاجيكستان"),
    ("TG", "Togo", "Togo", "توغو"),
    ("TN", "Tunisia", "Tunisie", "تونس"),
    ("TM", "Turkmenistan", "Turkménistan", "تركمانستان"),
    ("TR", "Türkiye", "Türkiye", "تركيا"),
    ("UG", "Uganda", "Ouganda", "أوغندا"),
    ("AE", "United Arab Emirates", "Émirats arabes unis", "الإمارات العربية المتحدة"),
    ("UZ", "Uzbekistan", "Ouzbékistan", "أوزبكستان"),
    ("YE", "Yemen", "Yémen", "اليمن"),
)
OTHERS = (
    ("XX", "Another country", "Un autre pays", "دولة أخرى"),
    ("XI", "International organisation", "Organisation internationale", "منظمة دولية"),
)
REFERRING = ("user", "institution", "role_grant", "completion")

country = sa.table("country", sa.column("iso2"), sa.column("oic", sa.Boolean))
country_text = sa.table(
    "country_text", sa.column("country"), sa.column("lang"), sa.column("name"), sa.column("sort_key")
)


def sort_key(name: str, lang: str) -> str:
    """Names without accents and without the Arabic article, so that a list reads as one would look it up."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return plain.removeprefix("ال") if lang == "ar" else plain


def upgrade() -> None:
    kept = set(op.get_bind().execute(sa.select(country.c.iso2)).scalars())  # those a downgrade had to leave
    op.bulk_insert(
        country,
        [{"iso2": row[0], "oic": row in MEMBERS} for row in MEMBERS + OTHERS if row[0] not in kept],
    )
    op.bulk_insert(
        country_text,
        [
            {
                "country": row[0],
                "lang": lang,
                "name": name,
                # the two further answers come last
                "sort_key": ("~" if row in OTHERS else "") + sort_key(name, lang),
            }
            for row in MEMBERS + OTHERS
            for lang, name in zip(("en", "fr", "ar"), row[1:], strict=True)
        ],
    )


def downgrade() -> None:
    """Countries that people or records refer to stay: taking them away would break what was not made here."""
    op.execute(sa.text("DELETE FROM country_text"))
    used = " UNION ".join(f'SELECT country FROM "{table}" WHERE country IS NOT NULL' for table in REFERRING)
    op.execute(sa.text(f"DELETE FROM country WHERE iso2 NOT IN ({used})"))
