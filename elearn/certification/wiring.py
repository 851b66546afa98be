"""Puts certificates into the application."""

from flask import Flask

from elearn.certification import files as files  # registers the making of files as a job
from elearn.certification import holders, service
from elearn.certification import manage as manage  # adds its pages to the blueprint
from elearn.certification.cli import certificates
from elearn.certification.views import bp
from elearn.core import privacy
from elearn.learning.events import course_completed
from elearn.people.events import email_confirmed


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(certificates)
    course_completed.connect(service.on_course_completed)
    email_confirmed.connect(service.on_email_confirmed)
    privacy.register(
        "certification",
        export=holders.export,
        erase=holders.erase,
        holdings=holders.HOLDINGS,
        files=holders.papers,
    )
