"""Starts the processes of `mortal` and kills them at random moments, as a schedule of a seed says."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from tests.support.live import ROOT


class Lives:
    """The process ids that are at work now, as their parent told them."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.told = 0
        self.kills = 0
        self._over = False
        self._present: list[int] = []
        self._changed = threading.Condition()  # reentrant
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                with self._changed:
                    self.told += 1
                    self._present.append(int(line))
                    self._changed.notify_all()
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def wait_for(self, number: int, seconds: float = 60) -> None:
        """Until so many have been born in all."""
        with self._changed:
            self._changed.wait_for(lambda: self.told >= number or self._over, seconds)
            if self.told < number:
                raise AssertionError(f"only {self.told} of {number} came to life")

    def kill(self, rng: Random) -> None:
        """One of those that live; one time in four all of them."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._present), 10)
            if self._present:
                self._kill(list(self._present) if rng.random() < 0.25 else [rng.choice(self._present)])

    def kill_all(self) -> None:
        """Whoever lives now."""
        with self._changed:
            self._kill(list(self._present))

    def _kill(self, doomed: list[int]) -> None:
        with self._changed:
            for pid in doomed:
                self._present.remove(pid)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.kills += 1

    def forget(self) -> None:
        """Its parent has ended: so do those that it left."""
        with self._changed:
            for pid in self._present:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._listener.join()

    @contextmanager
    def dying(self, rng: Random, progress: Callable[[], int], least: int, most: int) -> Iterator[None]:
        """Until the block ends: kill at a random moment after every so many steps of progress.

        Not after so many seconds: on a machine with other work to do nobody would ever get on.
        """
        over = threading.Event()

        def reap() -> None:
            while not over.is_set():
                until_then = progress() + rng.randint(least, most)
                while progress() < until_then and not over.wait(0.01):
                    pass
                if not over.wait(rng.uniform(0, 0.03)):
                    self.kill(rng)

        thread = threading.Thread(target=reap)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@contextmanager
def mortal(kind: str, environment: dict[str, str], log: Path, *arguments: str) -> Iterator[Lives]:
    """`python -m tests.support.mortal kind …` in a clean environment until the block ends."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.mortal", kind, *arguments],
            cwd=ROOT,
            env={**inherited, **environment},
            stdout=subprocess.PIPE,
            stderr=output,
        )
    lives = Lives(process)
    try:
        lives.wait_for(1)
        yield lives
    except BaseException:
        sys.stderr.write(log.read_text(errors="replace")[-4000:])
        raise
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        lives.forget()


def until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Ask again and again, a few times a second, until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} seconds still not: {what}")
        time.sleep(0.1)
