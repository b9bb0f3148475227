"""Open what was sealed, anywhere: by the document alone, without the platform and its settings."""

import io
from base64 import b64decode
from dataclasses import dataclass

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from yelin.documents import ATTACHED, CERTIFIED

ALGORITHM = "ES256"


class _Registry(jws.JWSRegistry):
    """Certificates stand in the header, and a thousand rows in what is said."""

    max_header_length = 64 << 10
    max_payload_length = 16 << 20


REGISTRY = _Registry(algorithms=[ALGORITHM])


class Broken(Exception):
    """What is at hand is not what was sealed, or was never sealed."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Words that a seal stands under, and the certificate that came along."""

    words: bytes
    certificate: x509.Certificate


def statement(text: bytes) -> Statement:
    """Return what a JWS says, verified by the certificate that it carries.

    Whose certificate that is, is for the caller to judge. Raises ``Broken``.
    """
    try:
        found = jws.extract_compact(text.strip(), registry=REGISTRY)
        own = x509.load_der_x509_certificate(b64decode(found.headers()["x5c"][0], validate=True))
        public = own.public_key()
        if not isinstance(public, ec.EllipticCurvePublicKey):
            raise Broken("the certificate is not one of a seal")
        key = ECKey.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        jws.deserialize_compact(text.strip(), key, registry=REGISTRY)
    except (JoseError, UnsupportedAlgorithm, ValueError, KeyError, IndexError, TypeError) as fault:
        raise Broken(f"these are no signed words: {fault}") from fault
    return Statement(found.payload, own)


def paper(blob: bytes) -> Statement:
    """Return the statement that a sealed PDF carries; one seal covers every byte of both.

    Raises ``Broken``.
    """
    try:
        reader = PdfFileReader(io.BytesIO(blob))
        (signature,) = reader.embedded_signatures
        certificate = signature.signer_cert
        found = validate_pdf_signature(signature, _trusting(certificate))
        covers = found.coverage is SignatureCoverageLevel.ENTIRE_FILE
        if not (found.intact and found.valid and covers):
            raise Broken("the PDF was changed since it was sealed")
        (attached,) = (
            each.get_object()["/EF"]["/F"].data
            for each in reader.root["/AF"]
            if each.get_object()["/F"] in {ATTACHED, CERTIFIED}
        )
    except (PdfError, CMSExtractionError, ValueError, KeyError, TypeError) as fault:
        raise Broken(f"this is no sealed PDF: {fault}") from fault
    said = statement(attached)
    if said.certificate.public_bytes(Encoding.DER) != certificate.dump():
        raise Broken("the PDF and its words stand under different seals")
    return said


def _trusting(certificate: Certificate) -> ValidationContext:
    # Whether the seal is to be trusted is asked of the ledger, by the caller.
    return ValidationContext(trust_roots=[certificate], allow_fetching=False)
