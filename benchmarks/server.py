"""The production server on loopback with one worker, and the load it is put under."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.support.live import free_port

ROOT = Path(__file__).parent.parent
CONNECTIONS = 8
GUNICORN = ("-m", "gunicorn", "--config", "python:elearn.serving", "--workers", "1")
# What the references are spared: the reading of whole requests that the site's worker puts before its application.
WITHOUT_MIDDLEWARE = ("--worker-class", "gthread")
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": "en"}


def clean_environment(**values: str) -> dict[str, str]:
    """The environment of a process that is measured: nothing of the caller's but what every program needs."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**inherited, "PYTHONPATH": str(ROOT), **values}


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    address: str
    ready_after: float  # seconds from its start to its first answer
    process: "subprocess.Popen[bytes]"

    def worker_memory(self) -> int:
        """Bytes that the worker holds, its share of what it has in common with others."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{children[0]}/smaps_rollup").read_text(), re.MULTILINE)
        assert found is not None
        return int(found[1]) * 1024


@contextmanager
def serving(application: str, environment: Mapping[str, str], *options: str) -> Iterator[Server]:
    """One worker until the block ends."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *GUNICORN, *options, application],
        cwd=ROOT,
        env={**environment, "PORT": str(port), "WEB_CONCURRENCY": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(address, process)
        yield Server(address, time.perf_counter() - began, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    limit = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < limit:
        try:
            with urlopen(f"{address}/healthz", timeout=10):
                return
        except URLError:
            time.sleep(0.005)
    raise RuntimeError("the server did not come up")


def requests_per_second(url: str, seconds: int, headers: Mapping[str, str]) -> float:
    """What wrk counts; an answer that is none ends the run."""
    given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", *given, url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"^Requests/sec:\s+([\d.]+)", told, re.MULTILINE)
    if found is None or "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"{url} was not answered well:\n{told}")
    return float(found[1])
