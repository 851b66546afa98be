"""Refusals: what a service raises when the answer is no, and why, in the words of the person who asked."""


class Refused(Exception):
    """The request was understood and is not carried out. Nothing of it is stored.

    `message` is translated for the person who asked; `field` names the form field it belongs to, if any.
    Outside a form it becomes a page of its own with status 409.
    """

    def __init__(self, message: object, field: str | None = None):
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)
