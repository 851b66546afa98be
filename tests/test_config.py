"""Production starts only when it is safe; a demonstration starts by itself."""

import subprocess
import sys
from unittest import mock

import pytest

import config

SECRET = "7f1c" + "0123456789abcdef" * 2
GOOD = {"SECRET_KEY": SECRET, "BASE_URL": "https://academy.example.org"}


def configured(**environment: str) -> dict[str, object]:
    with mock.patch.dict("os.environ", environment, clear=True):
        return config.from_environment()


@pytest.mark.parametrize("secret", ["", "changeme", SECRET[:31], "x" * 40, "changeme" * 8, "development-" * 4])
def test_production_refuses_a_weak_secret(secret, tmp_path):
    with pytest.raises(config.BadConfiguration, match="SECRET_KEY"):
        configured(**(GOOD | {"SECRET_KEY": secret, "DATA_DIR": str(tmp_path)}))


@pytest.mark.parametrize("address", ["", "http://academy.example.org"])
def test_production_refuses_an_address_without_https(address, tmp_path):
    with pytest.raises(config.BadConfiguration, match="BASE_URL"):
        configured(**(GOOD | {"BASE_URL": address, "DATA_DIR": str(tmp_path)}))


@pytest.mark.parametrize(
    "address",
    [
        "academy.example.org",
        "https://",
        "javascript:alert(1)",
        "https://academy.example.org/elearn",
        "https://academy.example.org?x=1",
        "https://somebody@academy.example.org",
        "https://academy.example.org\r\nBcc: x",
    ],
)
def test_what_is_no_address_of_a_site_is_refused(address, tmp_path):
    """It stands in every mail."""
    with pytest.raises(config.BadConfiguration, match="BASE_URL"):
        configured(**(GOOD | {"BASE_URL": address, "DATA_DIR": str(tmp_path)}))


def test_printed_certificates_name_an_address_with_https(tmp_path):
    with pytest.raises(config.BadConfiguration, match="VERIFY_URL"):
        configured(**GOOD, VERIFY_URL="http://academy.example.org", DATA_DIR=str(tmp_path))


def test_production_sends_its_cookies_over_https_only(tmp_path):
    assert configured(**GOOD, DATA_DIR=str(tmp_path))["SESSION_COOKIE_SECURE"] is True


def test_production_declares_no_verification_address_by_itself(tmp_path):
    assert configured(**GOOD, DATA_DIR=str(tmp_path))["VERIFY_URL"] == ""


def test_a_secret_may_stand_in_a_file(tmp_path):
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    given = {"SECRET_KEY_FILE": str(tmp_path / "secret"), "BASE_URL": GOOD["BASE_URL"], "DATA_DIR": str(tmp_path)}
    assert configured(**given)["SECRET_KEY"] == SECRET


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    missing = {"SECRET_KEY_FILE": str(tmp_path / "none"), "BASE_URL": GOOD["BASE_URL"], "DATA_DIR": str(tmp_path)}
    with pytest.raises(config.BadConfiguration, match="SECRET_KEY_FILE"):
        configured(**missing)


def test_a_demonstration_makes_a_secret_once_and_keeps_it_to_itself(tmp_path):
    first = configured(DEMONSTRATION="1", DATA_DIR=str(tmp_path))["SECRET_KEY"]
    again = configured(DEMONSTRATION="1", DATA_DIR=str(tmp_path))["SECRET_KEY"]
    assert first == again
    assert len(str(first)) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_what_a_demonstration_keeps_is_for_its_own_account_on_the_machine(tmp_path):
    configured(DEMONSTRATION="1", DATA_DIR=str(tmp_path / "instance"))
    assert (tmp_path / "instance").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name, value", [("TRUSTED_PROXIES", "all"), ("MAIL_PORT", "-1"), ("DEMONSTRATION", "maybe")])
def test_a_setting_that_cannot_be_understood_is_named(name, value, tmp_path):
    with pytest.raises(config.BadConfiguration, match=name):
        configured(**(GOOD | {"DATA_DIR": str(tmp_path), name: value}))


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_goes_through_psycopg_however_it_is_spelt(url, tmp_path):
    assert configured(**GOOD, DATA_DIR=str(tmp_path), DATABASE_URL=url)["DATABASE_URL"] == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize("command", [["flask", "courses", "check"], ["flask", "db", "upgrade"]])
def test_a_command_without_settings_says_in_one_line_what_to_set(command, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=config.ROOT,
        env={"DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("SECRET_KEY must be set") and done.stderr.count("\n") == 1


def test_a_writer_of_courses_needs_no_settings(tmp_path):
    environment = {"DEMONSTRATION": "1", "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "flask", "courses", "check", "courses"]
    done = subprocess.run(command, cwd=config.ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "in order" in done.stderr


@pytest.mark.parametrize(
    "command", [["courses", "sync", "courses"], ["courses", "export", "any"], ["worker", "--once"]]
)
def test_a_command_on_a_database_without_tables_says_what_makes_them(command, tmp_path):
    environment = {"DEMONSTRATION": "1", "DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "flask", *command], cwd=config.ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and done.stderr.rstrip().endswith("flask db upgrade")
