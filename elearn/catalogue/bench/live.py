"""The draft as it is now: read again after every save, for whoever looks at it meanwhile."""

import threading

from elearn.catalogue.draft import Draft, Reading, saves, stamp


class Live:
    """The draft as it is now, and a number that grows with every save."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._seen = stamp(draft.place)  # before it is read: a save meanwhile is not missed
        self.revision = 1
        self.reading: Reading = draft.read()

    def follow(self) -> None:
        """Read the draft again after every save, until `end()`."""
        try:
            for _save in saves(self.draft.place, self._pause, self._seen):
                reading = self.draft.read()
                with self._changed:
                    self.reading, self.revision = reading, self.revision + 1
                    self._changed.notify_all()
        except _EndedError:
            return

    def _pause(self, seconds: float) -> None:
        if self._ended.wait(seconds):
            raise _EndedError

    def wait(self, since: int, seconds: float) -> int:
        """The revision, as soon as it is another one than `since`, or after some time."""
        with self._changed:
            self._changed.wait_for(lambda: self.revision != since or self._ended.is_set(), seconds)
            return self.revision

    def end(self) -> None:
        self._ended.set()
        with self._changed:
            self._changed.notify_all()


class _EndedError(Exception):
    """The preview was ended."""
