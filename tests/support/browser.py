"""A person's browser: keeps cookies, sends the CSRF token of its session, lets requests run as in production."""

import secrets
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from elearn.core.db import db
from elearn.people.models import User
from elearn.people.service import begin_sign_in

SAFE = ("GET", "HEAD", "OPTIONS")


class Browser(FlaskClient):
    """`get`, `post` … as Flask's client; `csrf=False` leaves the token out, as a forged form does."""

    application: Flask

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        # What the test arranged becomes real first, and every request has an application context of its own: else the
        # person whom Flask-Login keeps there would stay for the next request.
        db.session.commit()
        kwargs.setdefault("base_url", self.application.config["BASE_URL"])
        kwargs.setdefault("buffered", True)  # read to the end, and close the file behind it
        with self.application.app_context():
            if csrf and kwargs.get("method", "GET") not in SAFE:
                # A browser says over HTTPS which of our pages a form stood on; the token counts only with it.
                ours = {"Referer": f"{kwargs['base_url']}/", "X-CSRFToken": self._csrf_token()}
                kwargs["headers"] = {**ours, **dict(kwargs.get("headers") or {})}
            return super().open(*args, **kwargs)

    def sign_in(self, user: User) -> "Browser":
        """Sign this person in without the page (which has tests of its own)."""
        token = begin_sign_in(user.id, user.epoch, "test")
        db.session.commit()
        with self.session_transaction(base_url=self.application.config["BASE_URL"]) as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def speak(self, lang: str) -> "Browser":
        """Choose the language of the interface, as the words in the header do for a visitor."""
        self.set_cookie("__Host-lang", lang, domain=self._host())
        return self

    def _host(self) -> str:
        return str(self.application.config["BASE_URL"]).partition("://")[2]

    def _csrf_token(self) -> str:
        with self.session_transaction(base_url=self.application.config["BASE_URL"]) as session:
            secret = session.setdefault("csrf_token", secrets.token_hex(20))
        return str(URLSafeTimedSerializer(self.application.secret_key or "", salt="wtf-csrf-token").dumps(secret))
