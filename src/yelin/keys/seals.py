"""Seals: P-256 keys with certificates, for documents that programs of others verify (电子印章).

The installation has one under an authority of its own, made when it is first needed and kept in a
file outside the database; bodies bring theirs.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from yelin.config import config

FILE = "keys/seal.pem"
_LASTS = timedelta(days=3653)
_AUTHORITY_LASTS = timedelta(days=3 * 3653)


class Unusable(Exception):
    """What was brought is no seal: ``why`` names its ``container``, ``key`` or ``curve``."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this {why} is not one of a seal")
        self.why = why


@dataclass(frozen=True)
class Seal:
    """A key that seals, with its certificate first and then those that vouch for it."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...]

    @cached_property
    def fingerprint(self) -> bytes:
        """The SHA-256 of the certificate, by which it is known."""
        return fingerprint_of(self.chain[0])

    @property
    def until(self) -> datetime:
        """The moment from which on the certificate is not valid any more."""
        return self.chain[0].not_valid_after_utc

    @property
    def pem(self) -> str:
        """The certificates, for whoever verifies."""
        return "".join(each.public_bytes(Encoding.PEM).decode() for each in self.chain)

    @property
    def secret(self) -> bytes:
        """The key in the clear, to be sealed at once."""
        return self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def fingerprint_of(certificate: x509.Certificate) -> bytes:
    """Return the SHA-256 of a certificate."""
    return sha256(certificate.public_bytes(Encoding.DER)).digest()


def name_of(certificate: x509.Certificate) -> str:
    """Return whose certificate this is, in its own words."""
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := certificate.subject.get_attributes_for_oid(oid):
            return str(found[0].value)
    return certificate.subject.rfc4514_string()


def platform(name: str, at: datetime) -> Seal:
    """Return the installation's own seal; the first caller makes it, in this ``name``."""
    config.private(FILE, lambda: _made(name, at))
    return _read(config.root / FILE)


def brought(container: bytes, passphrase: str) -> Seal:
    """Return the seal in a PKCS #12 container.

    Raises ``Unusable`` for another passphrase, another kind of key, or no certificate.
    """
    try:
        found = pkcs12.load_pkcs12(container, passphrase.encode())
    except ValueError:
        raise Unusable("container") from None
    if found.key is None or found.cert is None:
        raise Unusable("key")
    vouching = (each.certificate for each in found.additional_certs)
    return _of(found.key, (found.cert.certificate, *vouching))


def kept(secret: bytes, pem: str) -> Seal:
    """Return the seal that was taken apart into its key and its certificates."""
    chain = x509.load_pem_x509_certificates(pem.encode())
    return _of(load_der_private_key(secret, None), chain)


def _of(key: object, chain: Iterable[x509.Certificate]) -> Seal:
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Unusable("curve")
    return Seal(key, tuple(chain))


@lru_cache
def _read(file: Path) -> Seal:
    return _of_pem(file.read_bytes())


def _of_pem(blob: bytes) -> Seal:
    return _of(load_pem_private_key(blob, None), x509.load_pem_x509_certificates(blob))


def _made(name: str, at: datetime) -> bytes:
    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate(f"{name} CA", authority, None, authority, at, _AUTHORITY_LASTS)
    own = _certificate(name, key, root, authority, at, _LASTS)
    # The key that seals stands first. That of the authority stays, for the next one.
    keys = (
        each.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        for each in (key, authority)
    )
    return b"".join((*keys, *(each.public_bytes(Encoding.PEM) for each in (own, root))))


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    by: ec.EllipticCurvePrivateKey,
    at: datetime,
    lasts: timedelta,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    is_authority = issuer is None
    public = by.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(uuid.uuid4().int >> 1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + lasts)
        .add_extension(
            x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None),
            critical=True,
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_authority,
                content_commitment=not is_authority,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(by, SHA256())
    )
