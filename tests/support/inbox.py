"""A mail server for tests: it keeps what it receives."""

import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class Inbox:
    """What aiosmtpd calls for each message."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self._arrived = threading.Condition()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        return "250 OK"

    def to(self, address: str, seconds: float = 60) -> EmailMessage:
        """The first message to this address; waits for it."""

        def found() -> EmailMessage | None:
            return next((message for message in self.messages if message["To"] == address), None)

        with self._arrived:
            message = self._arrived.wait_for(found, seconds)
        assert message is not None, f"no mail came to {address}"
        return message
