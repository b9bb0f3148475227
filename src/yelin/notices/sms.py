"""Text messages: what a gateway must be able to do, and a folder that stands in for one."""

import os
import uuid
from typing import Protocol

from django.utils.module_loading import import_string

from yelin.config import config


class Gateway(Protocol):
    """Something that sends text messages; the setting ``YELIN_SMS`` names its class."""

    def send(self, number: str, text: str) -> None:
        """Send ``text`` to a mobile number. Raises ``OSError`` where that fails."""
        ...


class Folder:
    """Writes each message to a file of its own in ``sms/``: for trials, where nobody is texted."""

    def send(self, number: str, text: str) -> None:
        """Write the message down."""
        folder = config.root / "sms"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / f"{uuid.uuid4()}.txt", os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{number}\n{text}\n")


def gateway() -> Gateway:
    """Return the gateway of this installation."""
    made: Gateway = import_string(config.sms)()
    return made
