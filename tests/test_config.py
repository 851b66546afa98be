"""Production starts only when it is safe; a demonstration starts by itself."""

from unittest import mock

import pytest

import config

GOOD = {"SECRET_KEY": "f" * 32, "BASE_URL": "https://academy.example.org"}


def configured(**environment: str) -> dict[str, object]:
    with mock.patch.dict("os.environ", environment, clear=True):
        return config.from_environment()


@pytest.mark.parametrize("secret", ["", "changeme", "development", "short", "x" * 31])
def test_production_refuses_a_weak_secret(secret, tmp_path):
    with pytest.raises(config.BadConfiguration, match="SECRET_KEY"):
        configured(**(GOOD | {"SECRET_KEY": secret, "DATA_DIR": str(tmp_path)}))


@pytest.mark.parametrize("address", ["", "http://academy.example.org"])
def test_production_refuses_an_address_without_https(address, tmp_path):
    with pytest.raises(config.BadConfiguration, match="BASE_URL"):
        configured(**(GOOD | {"BASE_URL": address, "DATA_DIR": str(tmp_path)}))


def test_production_sends_its_cookies_over_https_only(tmp_path):
    assert configured(**GOOD, DATA_DIR=str(tmp_path))["SESSION_COOKIE_SECURE"] is True


def test_production_declares_no_verification_address_by_itself(tmp_path):
    assert configured(**GOOD, DATA_DIR=str(tmp_path))["VERIFY_URL"] == ""


def test_a_secret_may_stand_in_a_file(tmp_path):
    (tmp_path / "secret").write_text("a" * 40 + "\n")
    given = {"SECRET_KEY_FILE": str(tmp_path / "secret"), "BASE_URL": GOOD["BASE_URL"], "DATA_DIR": str(tmp_path)}
    assert configured(**given)["SECRET_KEY"] == "a" * 40


def test_a_demonstration_makes_a_secret_once_and_keeps_it_to_itself(tmp_path):
    first = configured(DEMONSTRATION="1", DATA_DIR=str(tmp_path))["SECRET_KEY"]
    again = configured(DEMONSTRATION="1", DATA_DIR=str(tmp_path))["SECRET_KEY"]
    assert first == again
    assert len(str(first)) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name, value", [("TRUSTED_PROXIES", "all"), ("MAIL_PORT", "-1"), ("DEMONSTRATION", "maybe")])
def test_a_setting_that_cannot_be_understood_is_named(name, value, tmp_path):
    with pytest.raises(config.BadConfiguration, match=name):
        configured(**(GOOD | {"DATA_DIR": str(tmp_path), name: value}))


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_goes_through_psycopg_however_it_is_spelt(url, tmp_path):
    assert configured(**GOOD, DATA_DIR=str(tmp_path), DATABASE_URL=url)["DATABASE_URL"] == "postgresql+psycopg://u@h/d"
