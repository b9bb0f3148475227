"""Where this installation lives and what it is told by its environment."""

import secrets
import uuid
from collections.abc import Callable
from functools import cached_property, lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import Field, computed_field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """Settings of one installation; each is an environment variable of the same name.

    ``home`` holds everything that is not code: database, files, keys, the checkpoint file; unless
    ``store`` says that files lie in a bucket, and ``work_folder`` what this machine works on.
    """

    model_config = SettingsConfigDict(env_prefix="YELIN_", frozen=True)

    home: Path = Path("var")
    work_folder: Path | None = Field(default=None, validation_alias="YELIN_WORK")
    store: str = Field(default="", pattern=r"^(s3://[^/?#]+(/[^?#]*)?)?$")
    store_endpoint: str = ""
    store_region: str = "us-east-1"
    store_key_id: str = Field(default="", repr=False)
    store_key: str = Field(default="", repr=False)
    store_certificate: Path | None = None
    apart_keys: Path | None = None
    near_limit_mb: int = Field(default=10_000, ge=0)
    pack: str = "hainan-2019"
    database_url: str = Field(default="", validation_alias="DATABASE_URL", repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, validation_alias="PORT", ge=1, le=65535)
    public_url: str = ""
    stream_port: int | None = Field(default=None, ge=1, le=65535)
    stream_url: str = ""
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    log_level: str = "INFO"
    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(default=0, ge=0, le=65535)
    upload_limit_mb: int = 20_000
    attachment_limit_mb: int = Field(default=20, ge=1)
    kept_limit_mb: int = Field(default=10_000, ge=0)
    serving_limit_mb: int = Field(default=10_000, ge=0)
    engine_memory_mb: int = 384
    engine_threads: int = 2
    spark: str = ""
    spark_from_mb: int = Field(default=64, ge=0)
    notices_kept_days: int = Field(default=365, ge=7)
    deliveries_kept_days: int = Field(default=90, ge=7)
    drafts_kept_days: int = Field(default=30, ge=1)
    data_jobs: int = Field(default=1, ge=1)
    sending_jobs: int = Field(default=8, ge=1)
    mail_url: str = Field(default="", repr=False)
    mail_from: str = "yelin@localhost"
    identity_check: str = "yelin.opening.checking.LocalCheck"
    oidc_issuer: str = Field(default="", pattern=r"^(https://\S+)?$")
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    oidc_name: str = ""
    oidc_hosts: tuple[str, ...] = ()
    oidc_certificate: Path | None = None
    sms: str = "yelin.notices.sms.Folder"
    outbound_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    fair_use_per_hour: int = Field(default=36_000, ge=0)
    batch_limit: int = Field(default=50, ge=1)
    catalog_file_minutes: int = Field(default=60, ge=1)
    batch_limit_mb: int = Field(default=10_000, ge=1)
    verify_alarm_per_hour: int = Field(default=200, ge=1)
    verify_stop_per_hour: int = Field(default=2_000, ge=1)
    recent_login_minutes: int = Field(default=15, ge=1)
    heartbeat_seconds: float = Field(default=5, gt=0)
    tls_certificate: Path | None = None

    @property
    def stalled_seconds(self) -> float:
        """After how long without a sign a worker is taken for dead: three missed heartbeats."""
        return 3 * self.heartbeat_seconds

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own idiom; mypy knows no decorated property
    @property
    def url(self) -> str:
        """The address under which people reach this installation, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def streaming_port(self) -> int:
        """The port on which the process for long streams listens: the one after ``port``."""
        return self.stream_port or self.port + 1

    @property
    def streams(self) -> str:
        """The address under which people reach long streams, without a slash at its end.

        Behind a proxy it is that of the pages, where the proxy leads its ``/streams/`` elsewhere.
        """
        own = f"http://{self.host}:{self.streaming_port}"
        return (self.stream_url or self.public_url or own).rstrip("/")

    @property
    def root(self) -> Path:
        """``home`` as an absolute path."""
        return _absolute(self.home)

    @property
    def work(self) -> Path:
        """Where this machine has what it works on, and may lose: by default below ``home``."""
        return _absolute(self.work_folder) if self.work_folder else self.root

    @property
    def machine(self) -> str:
        """The queue of what must be done where ``work`` lies, named when it is first asked for."""
        return made_once(self.work, "machine", _fresh_name).decode()

    @cached_property
    def secret_key(self) -> str:
        """Django's secret, made at the first start and kept beside the other keys."""
        return self.private("keys/django", lambda: secrets.token_urlsafe(50).encode()).decode()

    def private(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return the secret file ``name`` below ``home``; the first caller makes it, once."""
        return made_once(self.root, name, make)


@lru_cache
def _absolute(folder: Path) -> Path:
    # It is asked for several times in each answer, and every part of it is looked up each time.
    return folder.resolve()


def _fresh_name() -> bytes:
    return uuid.uuid4().hex.encode()


def made_once(home: Path, name: str, make: Callable[[], bytes]) -> bytes:
    """Return the secret file ``name`` below ``home``; the first caller makes it, once."""
    path = home / name
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        for folder in reversed(Path(name).parents[:-1]):
            # Each by itself: mkdir gives the mode to the last of a row of folders only.
            (home / folder).mkdir(exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        fresh.touch(mode=0o600)
        fresh.write_bytes(make())
        try:
            # A link fails where the name exists, so two first starts agree on one secret.
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


config = Config()
