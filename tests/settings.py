"""The settings under test: a home and an embedded PostgreSQL of their own."""

import os
from pathlib import Path

os.environ.setdefault("YELIN_HOME", str(Path(__file__).parent.parent / "var" / "test"))

from yelin import postgres
from yelin.config import config

postgres.ensure(config.root)

from yelin.settings import *  # noqa: E402, F403 - the database must run before settings name it

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A thread that ends leaves no connection behind.
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405 - of the settings above

# Its ``flush`` takes the place of Django's.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.emptying"]  # noqa: F405 - as above

# Each client of a test stands up all middleware; none of them asks for a file that never changes.
WHITENOISE_AUTOREFRESH = True
