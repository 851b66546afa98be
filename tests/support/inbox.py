"""A mail server for tests: it keeps what it receives."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class Inbox:
    """What aiosmtpd calls for each message."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"
