"""A party signs a file with its own key, from a container or a token: by the command alone."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.keys.signers import PASSPHRASE, certificate_of, container, key_of, signature

from yelin.keys import detached
from yelin.law import clock

pytestmark = pytest.mark.duty("signature.use")
SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


def test_a_signature_holds_for_its_file_alone_and_while_its_certificate_does(tmp_path):
    certificate, content = certificate_of("甲"), b"words of a contract"
    given = signature(tmp_path, "甲", certificate, content).encode()
    found = detached.verified(content, given, clock.now())
    assert found.certificate == certificate
    assert detached.verified(content, found.der, clock.now()) == found
    year = timedelta(days=400)
    for other, text, at, why in (
        (content + b".", given, clock.now(), "file"),
        (content, found.der[:-3] + b"abc", clock.now(), "file"),
        (content, found.der[:-9], clock.now(), "form"),
        (content, b"", clock.now(), "form"),
        (content, bytes(detached.LARGEST + 1), clock.now(), "form"),
        (content, given, clock.now() + year, "day"),
        (content, given, clock.now() - year, "day"),
    ):
        with pytest.raises(detached.Unsound) as told:
            detached.verified(other, text, at)
        assert told.value.why == why


def command(*said, secret=PASSPHRASE, **env):
    return subprocess.run(
        [sys.executable, "-m", "yelin.cli", "sign", *map(str, said)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"YELIN_SIGN_SECRET": secret} | env,
    )


def test_the_command_signs_with_a_container(tmp_path):
    file, certificate = tmp_path / "合同.pdf", certificate_of("甲")
    file.write_bytes(b"%PDF-1.7 words")
    key = container(tmp_path, "甲", certificate)
    done = command(file, "--pkcs12", key)
    assert done.returncode == 0, done.stderr
    found = detached.verified(
        file.read_bytes(), file.with_name("合同.pdf.p7s").read_bytes(), clock.now()
    )
    assert found.certificate == certificate
    assert abs(found.said_at - clock.now()) < timedelta(minutes=10)
    assert command(file, "--pkcs12", key, secret="wrong").returncode == 1
    assert command(file).returncode == 1


@pytest.mark.skipif(not SOFTHSM.exists(), reason="softhsm2 is not installed")
def test_the_command_signs_with_a_token_that_never_lets_the_key_out(tmp_path):

    (tmp_path / "tokens").mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(
        f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n"
    )
    env = {"SOFTHSM2_CONF": str(settings)}
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "企业", "--pin", "1234",
         "--so-pin", "5678"],
        env=os.environ | env, check=True, capture_output=True,
    )  # fmt: skip
    certificate, key = certificate_of("乙"), key_of("乙")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    subprocess.run(
        ["softhsm2-util", "--import", str(tmp_path / "key.pem"), "--token", "企业", "--label",
         "sign", "--id", "01", "--pin", "1234"],
        env=os.environ | env, check=True, capture_output=True,
    )  # fmt: skip
    put = (
        "import pkcs11, sys; from pkcs11.util.x509 import decode_x509_certificate as d;"
        f"t = pkcs11.lib({str(SOFTHSM)!r}).get_token(token_label='企业');"
        "s = t.open(user_pin='1234', rw=True);"
        "a = d(sys.stdin.buffer.read());"
        "a[pkcs11.Attribute.LABEL] = 'sign'; a[pkcs11.Attribute.ID] = b'\\x01';"
        "a[pkcs11.Attribute.TOKEN] = True; s.create_object(a)"
    )
    subprocess.run(
        [sys.executable, "-c", put], input=certificate.public_bytes(Encoding.DER),
        env=os.environ | env, check=True, capture_output=True,
    )  # fmt: skip
    file = tmp_path / "contract.pdf"
    file.write_bytes(b"%PDF-1.7 words")
    said = (file, "--pkcs11", SOFTHSM, "--token", "企业", "--label", "sign")
    done = command(*said, secret="1234", **env)
    assert done.returncode == 0, done.stderr
    found = detached.verified(
        b"%PDF-1.7 words", (tmp_path / "contract.pdf.p7s").read_bytes(), clock.now()
    )
    assert found.certificate == certificate
    assert command(*said, secret="0000", **env).returncode == 1
