"""Signatures beside a file (CMS, RFC 5652, as CAdES wants them): made by its owner, verified here.

Whoever signs does so at home, with a key that nobody else has: in a PKCS #12 container, or in a
token that never lets it out (PKCS #11). Here only signature and certificate arrive.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asn1crypto import cms, pem
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from yelin.keys.seals import fingerprint_of

LABEL = "CMS"
LARGEST = 1 << 20
_MAY_SIGN = KeyUsageConstraints(
    {"digital_signature", "non_repudiation"}, match_all_key_usages=False
)


class Unsound(Exception):
    """A signature does not hold: ``why`` is ``form``, ``file``, ``signer`` or ``day``."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the signature does not hold: {why}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that holds, as DER: by which certificate, and when it says it was made."""

    der: bytes
    certificate: x509.Certificate
    said_at: datetime | None

    @property
    def fingerprint(self) -> bytes:
        """The SHA-256 of the certificate."""
        return fingerprint_of(self.certificate)


def by_container(file: Path, passphrase: str) -> Signer:
    """Return who signs by a PKCS #12 container. Raises ``ValueError`` where it does not open."""
    signer: Signer | None = SimpleSigner.load_pkcs12(str(file), passphrase=passphrase.encode())  # type: ignore[no-untyped-call]  # the library has no types there
    if signer is None:
        raise ValueError("the container does not open with this passphrase")
    return signer


@contextmanager
def by_token(module: Path, token: str, label: str, pin: str) -> Iterator[Signer]:
    """Lend who signs by a key in a token (PKCS #11): key and certificate of one ``label``."""
    # Large, and loads a library of the token's maker: for this alone.
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session  # noqa: PLC0415

    chosen = TokenCriteria(label=token) if token else None
    session = open_pkcs11_session(str(module), token_criteria=chosen, user_pin=pin)
    try:
        # The digest is made here: tokens that hash by themselves are the fewer.
        yield PKCS11Signer(session, cert_label=label, key_label=label, use_raw_mechanism=True)
    finally:
        session.close()


def signed(content: bytes, signer: Signer) -> bytes:
    """Return the signature of ``content`` beside it, as DER."""
    made = asyncio.run(
        signer.async_sign_general_data(content, "sha256", detached=True, use_cades=True)
    )
    return bytes(made.dump())


def armoured(der: bytes) -> str:
    """Write a signature as text (RFC 7468)."""
    return str(pem.armor(LABEL, der), "ascii")


def verified(content: bytes, given: bytes, at: datetime) -> Signature:
    """Return the signature ``given``, as text or DER, verified as one of ``content``.

    Whose the certificate is that comes along is for the caller to judge; that it held ``at`` this
    moment, and may sign, is judged here. Raises ``Unsound``.
    """
    der, said = _read(given)
    # The certificate stands for itself: whom it names is asked of the register, by the caller.
    own = _signer_of(said)
    certificate = x509.load_der_x509_certificate(own.dump())
    if not certificate.not_valid_before_utc <= at < certificate.not_valid_after_utc:
        raise Unsound("day")
    trusting = ValidationContext(trust_roots=[own], allow_fetching=False, moment=at)
    try:
        found = asyncio.run(
            async_validate_detached_cms(
                content,
                said,
                signer_validation_context=trusting,
                key_usage_settings=_MAY_SIGN,
            )
        )
    except (SignatureValidationError, ValueError, TypeError, KeyError) as fault:
        raise Unsound("form") from fault
    if not found.intact or not found.valid:
        raise Unsound("file")
    if not found.trusted:
        raise Unsound("signer")
    return Signature(der, certificate, found.signer_reported_dt)


def certificate_of(text: str) -> x509.Certificate:
    """Return the first certificate in ``text`` (PEM). Raises ``Unsound``."""
    try:
        return x509.load_pem_x509_certificates(text.encode())[0]
    except ValueError as fault:
        raise Unsound("form") from fault


def pem_of(certificate: x509.Certificate) -> str:
    """Write a certificate as text."""
    return certificate.public_bytes(Encoding.PEM).decode()


def _read(given: bytes) -> tuple[bytes, cms.SignedData]:
    if len(given) > LARGEST:
        raise Unsound("form")
    try:
        der = pem.unarmor(given)[2] if pem.detect(given) else given
        info = cms.ContentInfo.load(der, strict=True)
        said = info["content"]
        if info["content_type"].native != "signed_data" or len(said["signer_infos"]) != 1:
            raise Unsound("form")
        if said["encap_content_info"]["content"].native is not None:
            raise Unsound("form")
    except (ValueError, TypeError, KeyError) as fault:
        raise Unsound("form") from fault
    return der, said


def _signer_of(said: cms.SignedData) -> Certificate:
    """Return the certificate by which it says it was made, of those that come along."""
    try:
        named = said["signer_infos"][0]["sid"].chosen
        for each in said["certificates"]:
            own = each.chosen
            if (own.issuer, own.serial_number) == (
                named["issuer"],
                named["serial_number"].native,
            ):
                return own
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise Unsound("form") from fault
    raise Unsound("signer")
