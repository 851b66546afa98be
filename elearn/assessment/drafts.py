"""A quiz as its writer sees it before anybody takes it: every question, and what is told after hand-in."""

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal

from elearn.assessment.content import Item, ItemText, Quiz, QuizText
from elearn.assessment.items.base import field_name
from elearn.assessment.pages import Question, Told
from elearn.catalogue.kinds import StepContent
from elearn.core.i18n import get_locale


def context(content: StepContent, lang: str) -> Mapping[str, Any]:
    """What `assessment/draft.html` shows beside the step."""
    quiz, text = Quiz.from_json(content.payload), QuizText.from_json(content.texts[lang].payload)
    shown = [
        _both(item, text.items[item.id], position, quiz.shuffle) for position, item in enumerate(quiz.items, start=1)
    ]
    return {
        "quiz": quiz,
        "intro": content.texts[lang].html,
        "intro_lang": text.intro_lang or lang,
        "questions": shown,
        "content_lang": lang,
        "pictures": lambda html: html,
        "number": lambda value: format_decimal(value, locale=get_locale()),
    }


def _both(item: Item, text: ItemText, position: int, shuffle: bool) -> tuple[Question, Told]:
    asked = item.type.prepare(item.ask, seed=f"draft {item.id}", shuffle=shuffle)
    question = Question(
        key=item.id,
        position=position,
        lang=text.lang,
        text=text.text,
        template=item.type.template,
        name=field_name(item.id),
        answered=False,
        fields=item.type.show(asked, text.words, None),
    )
    told = Told(
        key=item.id,
        position=position,
        lang=text.lang,
        text=text.text,
        template=item.type.template,
        outcome="blank",
        fields=item.type.explain(asked, item.key, text.words, text.notes, None, reveal=True),
        notes_lang=text.notes_lang,
        feedback_lang=text.feedback_lang,
        feedback=text.feedback,
        reread=item.reread,
    )
    return question, told
