"""Signatures that carry their time, of sessions and of kept answers; the machine's clock may be set back meanwhile."""

from datetime import datetime

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer


class Signer(TimestampSigner):
    """One that takes what was signed at a time that has not come yet for what was signed now.

    The library refuses it, so that a clock set back by an hour would sign out everybody who came in that hour.
    """

    def unsign(  # type: ignore[override]
        self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False
    ) -> bytes | tuple[bytes, datetime]:
        value, signed_at = super().unsign(signed_value, return_timestamp=True)
        if max_age is not None and (age := self.get_timestamp() - signed_at.timestamp()) > max_age:
            raise SignatureExpired(f"signed {age:.0f} seconds ago", payload=value, date_signed=signed_at)
        return (value, signed_at) if return_timestamp else value


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, signed so."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = Signer
        return serializer


def serializer(secret: str, salt: str) -> URLSafeTimedSerializer:
    """For a signed text of another kind."""
    return URLSafeTimedSerializer(secret, salt=salt, signer=Signer)
