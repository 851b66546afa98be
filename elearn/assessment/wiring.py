"""Puts quizzes into the application."""

from flask import Flask

from elearn.assessment import drafts, holders
from elearn.assessment import manage as manage  # adds its pages to the blueprint
from elearn.assessment import models as models
from elearn.assessment.quiz import QUIZ
from elearn.assessment.views import bp
from elearn.catalogue.draft import DraftPage
from elearn.core import privacy


def init_app(app: Flask) -> None:
    app.extensions.setdefault("step_kinds", {})[QUIZ.name] = QUIZ
    app.extensions.setdefault("draft_pages", {})[QUIZ.name] = DraftPage("assessment/draft.html", drafts.context)
    app.register_blueprint(bp)
    privacy.register("assessment", export=holders.export, erase=holders.erase, holdings=holders.HOLDINGS)
