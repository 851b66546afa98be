"""Stands in for `systemctl`: reads units, starts what they say. Called as ROOT CALLS ARGUMENTS…; see machine.py."""

import os
import select
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT, CALLS = Path(sys.argv[1]), Path(sys.argv[2])
UNITS = ROOT / "etc/systemd/system"


def unit_file(name: str) -> dict[str, list[str]]:
    """The settings of a unit's file, every value of each."""
    found: dict[str, list[str]] = {}
    for line in (UNITS / name).read_text().splitlines():
        key, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def environment(unit: dict[str, list[str]]) -> dict[str, str]:
    given = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": os.environ["HOME"]}
    for path in unit.get("EnvironmentFile", []):
        for line in Path(path).read_text().splitlines():
            name, sign, value = line.partition("=")
            if sign and not line.startswith("#"):
                given[name] = "".join(shlex.split(value))
    return given


def start(name: str) -> None:
    unit = unit_file(f"{name}.service")
    given = environment(unit)
    for command in unit["ExecStart"]:
        with (
            (ROOT / "log" / f"{name}.log").open("ab") as log,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready,
        ):
            if unit["Type"] == ["notify"]:
                given["NOTIFY_SOCKET"] = f"\0elearn-tests-{os.getpid()}"
                ready.bind(given["NOTIFY_SOCKET"])
                given["NOTIFY_SOCKET"] = "@" + given["NOTIFY_SOCKET"][1:]
            process = subprocess.Popen(
                [word.replace("%%", "%") for word in shlex.split(command)],
                cwd=unit.get("WorkingDirectory", ["/"])[0],
                env=given,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            if unit["Type"] == ["oneshot"]:
                if process.wait(timeout=120):
                    sys.exit(f"{command} ended with {process.returncode}: see {log.name}")
                continue
            (ROOT / "run" / f"{name}.pid").write_text(str(process.pid))
            if unit["Type"] == ["notify"]:
                ready.settimeout(120)
                while b"READY=1" not in ready.recv(4096):
                    pass


def stop(name: str) -> None:
    pid_file = ROOT / "run" / f"{name}.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text())
    pid_file.unlink()
    handle = os.pidfd_open(pid)
    signal.pidfd_send_signal(handle, signal.SIGTERM)
    if not select.select([handle], [], [], 60)[0]:
        sys.exit(f"{name} does not stop")


def reload_nginx() -> None:
    nginx = ROOT / "bin/nginx"
    pid = ROOT / "nginx.pid"  # `nginx -t` leaves an empty one
    again = ["-s", "reload"] if pid.exists() and pid.read_text().strip() else []
    with (ROOT / "log/nginx.log").open("ab") as log:  # the daemon keeps what it is given
        subprocess.run([nginx, *again], check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def main(verb: str, *arguments: str) -> None:
    with CALLS.open("a") as calls:
        calls.write(f"systemctl {verb} {' '.join(arguments)}\n")
    names = [name.removesuffix(".service") for name in arguments if not name.startswith("-")]
    for name in names:
        if name.endswith(".timer"):
            unit_file(name)
        elif name == "nginx":
            reload_nginx()
        elif verb in ("start", "enable"):
            start(name)
        elif verb == "stop":
            stop(name)
        elif verb == "restart":
            stop(name)
            start(name)
        else:
            sys.exit(f"systemctl {verb} is not known here")


if __name__ == "__main__":
    main(*sys.argv[3:])
