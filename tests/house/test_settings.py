"""An installation is what its environment says."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.utils import ConnectionHandler

from yelin.config import Config
from yelin.settings import _database


@pytest.mark.django_db
def test_every_parameter_of_the_address_reaches_the_server(settings):
    default = settings.DATABASES["default"]
    host = str(default["HOST"]).replace("/", "%2F")
    url = (
        f"postgresql://postgres@{host}/{default['NAME']}"
        "?options=-c%20statement_timeout%3D7s&application_name=%E6%A4%B0%E6%9E%97&sslmode=allow"
    )
    other = ConnectionHandler({"default": _database(url)})["default"]
    try:
        with other.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("7s",)
        assert other.connection.info.get_parameters()["application_name"] == "椰林"
        assert other.connection.info.get_parameters()["sslmode"] == "allow"
    finally:
        other.close()


def test_a_password_may_hold_any_character():
    parts = _database("postgresql://yelin:p%40ss%2F%25@db.example.cn,db2.example.cn:5433/province")
    assert parts["PASSWORD"] == "p@ss/%"
    assert parts["HOST"] == "db.example.cn,db2.example.cn"
    assert parts["NAME"] == "province"
    assert _database("service=province")["OPTIONS"] == {"service": "province"}


@pytest.mark.parametrize(
    "url", ["postgresql://yelin:s3cret%zz@db/province", "postgresql://yelin:s3cret@db"]
)
def test_an_address_that_cannot_be_used_is_refused_without_being_shown(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        _database(url)
    done = subprocess.run(
        [sys.executable, "-m", "yelin.cli", "migrate"],
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "s3cret" not in done.stderr + done.stdout


def test_settings_that_are_shown_hide_the_address_of_the_database():
    assert "s3cret" not in repr(Config(DATABASE_URL="postgresql://yelin:s3cret@db/province"))


@pytest.mark.django_db
def test_no_statement_of_a_test_hangs():
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("1min",)
