"""A machine for the commands of docs/operations.md: their paths lead into a folder, their services are real processes.

Real are the shell, coreutils, openssl, tar, curl, nginx, the `elearn` command, gunicorn, the worker and PostgreSQL.
Stood in for is what would change the machine of the tests: packages, users and ownership, git, certbot (openssl makes
the certificate), and systemd (units are read and their commands started; one of `Type=notify` must say that it is
ready). Each stand-in notes how it was called.
"""

import getpass
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from tests.support.live import free_port

ROOT = Path(__file__).parent.parent.parent
FOLDERS = (
    "/etc/elearn",
    "/etc/letsencrypt",
    "/etc/nginx",
    "/etc/systemd/system",
    "/usr/local/bin",
    "/var/backups/elearn",
    "/var/lib/elearn",
    "/var/log/nginx",
    "/var/www/html",
)
OWN = ("/bin", "/log", "/run", "/tmp")
RECORDED = ("adduser", "apt-get", "createuser", "editor")
SUDO = """#!/bin/sh
while :; do case $1 in -u) shift 2 ;; *) break ;; esac; done
exec "$@"
"""
INSTALL = """#!/bin/bash
given=(); while [ $# -gt 0 ]; do case $1 in -o | -g) shift 2 ;; *) given+=("$1"); shift ;; esac; done
exec /usr/bin/install "${given[@]}"
"""
GIT = """#!/bin/sh
echo "git $*" >>{calls}
# The old release is still there until now; its schema was an earlier one.
case $1 in describe) echo v1.0.0 ;; checkout) exec {bin}/elearn db downgrade >/dev/null ;; esac
"""
CERTBOT = """#!/bin/sh
echo "certbot $*" >>{calls}
mkdir -p {root}/etc/letsencrypt/live/academy.example.org {root}/etc/letsencrypt/renewal-hooks/deploy
cd {root}/etc/letsencrypt/live/academy.example.org
exec openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=academy.example.org \\
  -addext subjectAltName=DNS:academy.example.org -keyout privkey.pem -out fullchain.pem 2>/dev/null
"""
JOURNALCTL = """#!/bin/sh
echo "journalctl $*" >>{calls}
case $* in --unit*) shift; cat {root}/log/$1.log ;; esac
"""
NGINX = """#!/bin/sh
exec {nginx} -c {root}/nginx.conf "$@"
"""
NGINX_CONF = """# What Debian's own file says, in short; but for its user, who may not enter a folder of the tests.
{user}pid {root}/nginx.pid;
events {{ }}
http {{
    client_body_temp_path {root}/tmp; proxy_temp_path {root}/tmp; fastcgi_temp_path {root}/tmp;
    uwsgi_temp_path {root}/tmp; scgi_temp_path {root}/tmp;
    access_log off;
    include {root}/etc/nginx/sites-enabled/*;
}}
"""


class Machine:
    """`run(commands)` as somebody types them; `stop()` at the end."""

    def __init__(self, root: Path, postgresql: str | None) -> None:
        self.root = root
        self.port, self.http, self.https = free_port(), free_port(), free_port()
        self.calls = root / "calls"
        self.calls.touch()
        for folder in (
            *FOLDERS,
            "/etc/nginx/sites-available",
            "/etc/nginx/sites-enabled",
            "/bin",
            "/log",
            "/run",
            "/tmp",
        ):
            (root / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
        for folder in ("/etc/elearn", "/var/lib/elearn", "/var/backups/elearn"):
            (root / folder.lstrip("/")).rmdir()  # the commands make these
        self.words = {f"{folder}": f"{root}{folder}" for folder in FOLDERS} | {
            "/opt/elearn/docs/deploy": f"{root}/deploy",
            "/opt/elearn": str(ROOT),
            "sudo .ci/setup run": "bash -n .ci/setup",  # the tests themselves came by it
            "127.0.0.1:8000": f"127.0.0.1:{self.port}",
            "listen 80": f"listen 127.0.0.1:{self.http}",
            "listen 443": f"listen 127.0.0.1:{self.https}",
        }
        if postgresql:
            self.words["/run/postgresql"] = postgresql
        self.environment = {
            "PATH": f"{root}/bin:{root}/usr/local/bin:{os.environ['PATH']}:/usr/sbin",
            "HOME": str(root),
            "CURL_HOME": str(root),
            "LANG": "C.UTF-8",
            "PGHOST": postgresql or "",
            "PGUSER": "elearn",
        }
        self._stand_in()
        self._deploy()

    def run(self, commands: str, given: str = "") -> str:
        """What they print. Raises AssertionError with everything when one of them fails."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.here(commands)],
            cwd=ROOT,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            start_new_session=True,  # no terminal to ask at
            timeout=300,
        )
        if done.returncode:
            logs = "".join(path.read_text(errors="replace")[-3000:] for path in (self.root / "log").iterdir())
            raise AssertionError(f"{commands}\nended with {done.returncode}\n{done.stdout}{done.stderr}\n{logs}")
        return done.stdout

    def here(self, text: str) -> str:
        """The text with paths and ports of this machine."""
        words = sorted(self.words, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, words)), lambda found: self.words[found[0]], text)

    def file(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def stop(self) -> None:
        for unit in [path.stem for path in (self.root / "run").glob("*.pid")]:
            self.run(f"systemctl stop {unit}")
        pid = self.root / "nginx.pid"
        if pid.exists() and pid.read_text().strip():
            self.run("nginx -s stop")

    def _stand_in(self) -> None:
        bin_ = self.root / "bin"
        words = {
            "root": str(self.root),
            "calls": str(self.calls),
            "bin": f"{self.root}/usr/local/bin",
            "nginx": shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "false",
            "user": f"user {getpass.getuser()};\n" if os.getuid() == 0 else "",
        }
        scripts = {"sudo": SUDO, "install": INSTALL}
        scripts |= {name: f'#!/bin/sh\necho "{name} $*" >>{self.calls}\n' for name in RECORDED}
        for name, script in {"git": GIT, "certbot": CERTBOT, "journalctl": JOURNALCTL, "nginx": NGINX}.items():
            scripts[name] = script.format(**words)
        scripts["systemctl"] = (
            f'#!/bin/sh\nexec {sys.executable} {ROOT}/tests/support/systemctl.py {self.root} {self.calls} "$@"\n'
        )
        for name, script in scripts.items():
            (bin_ / name).write_text(script)
            (bin_ / name).chmod(0o755)
        (self.root / "nginx.conf").write_text(NGINX_CONF.format(**words))
        certificate = f"{self.root}/etc/letsencrypt/live/academy.example.org/fullchain.pem"
        (self.root / ".curlrc").write_text(
            f'connect-to = "academy.example.org:443:127.0.0.1:{self.https}"\ncacert = {certificate}\n'
        )

    def _deploy(self) -> None:
        for original in (ROOT / "docs/deploy").iterdir():
            copy = self.root / "deploy" / original.name
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(self.here(original.read_text()))
            copy.chmod(stat.S_IMODE(original.stat().st_mode))
