"""Django's settings, all derived from ``yelin.config``."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from yelin import postgres
from yelin.config import config
from yelin.logs import configured

PACKAGE = Path(__file__).parent

SECRET_KEY = config.secret_key
DEBUG = False
ALLOWED_HOSTS = list(config.allowed_hosts)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "ninja",
    "yelin.things",
    "yelin.keys",
    "yelin.files",
    "yelin.outbound",
    "yelin.notices",
    "yelin.acts",
    "yelin.parties",
    "yelin.law",
    "yelin.ledger",
    "yelin.gate",
    "yelin.registers",
    "yelin.catalog",
    "yelin.collecting",
    "yelin.quality",
    "yelin.warehouse",
    "yelin.compiling",
    "yelin.pulling",
    "yelin.harvesting",
    "yelin.cases",
    "yelin.delivery",
    "yelin.exchange",
    "yelin.opening",
    "yelin.talking",
    "yelin.privacy",
    "yelin.market",
    "yelin.oversight",
    "yelin.operation",
    "yelin.surface",
    "yelin.web",
]

MIDDLEWARE = [
    "yelin.surface.ways.Ways",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yelin.surface.watching.Watched",
    "yelin.surface.signed.SignedAnswers",
    "yelin.web.middleware.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yelin.web.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "yelin.web.middleware.TraditionalCharacters",
    "yelin.web.middleware.ProblemDocuments",
    "yelin.web.middleware.Readable",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yelin.web.middleware.LawfulRefusals",
]
# What a request at an address of programs passes by where it has no cookie.
MIDDLEWARE_OF_SESSIONS = {
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
}

ROOT_URLCONF = "yelin.urls"
URLCONF_OF_PROGRAMS = "yelin.api.urls"
WSGI_APPLICATION = "yelin.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yelin.web.context.house",
            ],
        },
    },
]


def _database(url: str) -> dict[str, object]:
    """Take a database's address apart as libpq does, whatever parameters it has."""
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        # What libpq says quotes the address, which holds the password.
        says = (
            "DATABASE_URL is not written as PostgreSQL's addresses are; a % in it is %25, a / %2F"
        )
        raise ImproperlyConfigured(says) from None
    if not (parts.get("dbname") or parts.get("service")):
        raise ImproperlyConfigured("DATABASE_URL names no database: postgresql://HOST/DATABASE")
    named = ("dbname", "user", "password", "host", "port")
    name, user, password, host, port = (str(parts.pop(part, "")) for part in named)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": user,
        "PASSWORD": password,
        "HOST": host,
        "PORT": port,
        "OPTIONS": parts,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {
    "default": _database(config.database_url or postgres.address(config.root / "postgres"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "yelin.web.accounts.ClosedAccounts"
ACCOUNT_FORMS = {
    "login": "yelin.web.accounts.PlainLogin",
    "change_password": "yelin.web.accounts.NewPassword",
    "reauthenticate": "yelin.web.accounts.PlainReauthentication",
}
ACCOUNT_RATE_LIMITS = {"reset_password": "20/h/ip,3/h/key", "signup": "20/m/ip,5/h/key"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * config.recent_login_minutes
MFA_ADAPTER = "yelin.web.accounts.SealedFactors"
MFA_FORMS = {
    "authenticate": "yelin.web.accounts.FactorLogin",
    "change_password": "yelin.web.accounts.NewPassword",
    "reauthenticate": "yelin.web.accounts.FactorReauthentication",
    "activate_totp": "yelin.web.accounts.FirstFactor",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Yelin"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_REDIRECT_URL = "/desk/"
LOGIN_URL = "/accounts/login/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

if config.mail_url:
    _mail = urlsplit(config.mail_url)
    if _mail.scheme not in {"smtp", "smtps"} or not _mail.hostname:
        raise ImproperlyConfigured("YELIN_MAIL_URL is smtp://NAME:PASSWORD@HOST:PORT, or smtps://")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or 587
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
        unquote(part or "") for part in (_mail.username, _mail.password)
    )
    # smtps speaks TLS from the first byte, smtp asks for it before anything is told.
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = config.root / "mail"
    EMAIL_FILE_PATH.mkdir(parents=True, exist_ok=True, mode=0o700)
DEFAULT_FROM_EMAIL = config.mail_from

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
LANGUAGE_COOKIE_NAME = "yelin_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

FILE_UPLOAD_HANDLERS = ["yelin.surface.incoming.SealedUploads"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if config.url.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [config.url]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = configured(config.log_level)
