"""A PostgreSQL of the tests' own: a private cluster on a socket, gone when the run ends."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

OWNER = "nobody"  # postgres refuses to run as root
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


def find_binaries() -> Path | None:
    """The folder with the newest installed initdb and postgres, or None."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


class Cluster:
    """One private server; `url(name)` is the address of one of its databases."""

    def __init__(self, binaries: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="elearn-pg-"))
        self._prefix = self._as_somebody_else() if os.geteuid() == 0 else []
        try:
            self._make(binaries)
            self._server = self._start(binaries)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://elearn@/{database}?host={self.folder}"

    def stop(self) -> None:
        self._server.send_signal(signal.SIGINT)  # do not wait for clients
        try:
            self._server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _as_somebody_else(self) -> list[str]:
        shutil.chown(self.folder, OWNER, "nogroup")
        return ["setpriv", f"--reuid={OWNER}", "--regid=nogroup", "--clear-groups"]

    def _make(self, binaries: Path) -> None:
        made = subprocess.run(
            [
                *self._prefix,
                str(binaries / "initdb"),
                f"--pgdata={self.folder / 'data'}",
                "--username=elearn",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")

    def _start(self, binaries: Path) -> "subprocess.Popen[bytes]":
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        # --pdeathsig: however the test run ends, the server does not outlive it.
        dies_with_us = ["setpriv", "--pdeathsig=INT"] if shutil.which("setpriv") else []
        with (self.folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [
                    *self._prefix,
                    *dies_with_us,
                    str(binaries / "postgres"),
                    "-D",
                    str(self.folder / "data"),
                    f"-cunix_socket_directories={self.folder}",
                    *options,
                ],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C stops the tests first, then they stop the server
            )
        ask = [str(binaries / "pg_isready"), "--quiet", f"--host={self.folder}"]
        while subprocess.run(ask, check=False).returncode:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=0.05)
                raise RuntimeError(f"postgres did not start:\n{(self.folder / 'log').read_text()}")
        return server
