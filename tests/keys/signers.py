"""Keys that sign, as parties have them at home: certificates, containers, signatures."""

from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from yelin.keys import detached
from yelin.law import clock

PASSPHRASE = "椰林 7"


@cache
def key_of(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate_of(name: str, since=-1, until=365, key=None) -> x509.Certificate:
    """A certificate of a key's own, valid from and until days from today."""
    own, now = key or key_of(name), clock.now()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "测试企业"),
        ]
    )
    usage = dict.fromkeys(
        (
            "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
            "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=since))
        .not_valid_after(now + timedelta(days=until))
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True
        )
        .sign(own, SHA256())
    )


def container(folder, name: str, certificate: x509.Certificate):
    """A PKCS #12 container with the key of ``name``, as a party has one at home."""
    file = folder / f"{name}.p12"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(
            name.encode(), key_of(name), certificate, None,
            BestAvailableEncryption(PASSPHRASE.encode()),
        )
    )  # fmt: skip
    return file


def signature(folder, name, certificate, content: bytes) -> str:
    signer = detached.by_container(container(folder, name, certificate), PASSPHRASE)
    return detached.armoured(detached.signed(content, signer))
