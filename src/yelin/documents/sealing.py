"""Seal what is issued: PDF by PAdES, its words by JWS, with the same key."""

import io
from base64 import b64encode

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jws
from joserfc.jwk import ECKey
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from yelin.documents.sealed import ALGORITHM, REGISTRY
from yelin.keys.seals import Seal


def sealed(pdf: bytes, seal: Seal, *, reason: str) -> bytes:
    """Return ``pdf`` sealed: nothing in it may be changed any more (PAdES, ETSI EN 319 142-1).

    No authority of time is asked, so nothing waits for one: the ledger dates what is issued.
    """
    own, *vouching = (Certificate.load(each.public_bytes(Encoding.DER)) for each in seal.chain)
    signer = SimpleSigner(
        signing_cert=own,
        signing_key=PrivateKeyInfo.load(seal.secret),
        cert_registry=SimpleCertificateStore.from_certs(vouching),  # type: ignore[no-untyped-call]  # the library has no types there
    )
    says = PdfSignatureMetadata(
        field_name="Seal",
        md_algorithm="sha256",
        reason=reason,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signed = io.BytesIO()
    PdfSigner(says, signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=signed)
    return signed.getvalue()


def stated(words: bytes, seal: Seal) -> str:
    """Return ``words`` as a compact JWS (RFC 7515) that carries its certificates."""
    key = ECKey.import_key(
        seal.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    chain = [b64encode(each.public_bytes(Encoding.DER)).decode() for each in seal.chain]
    return jws.serialize_compact({"alg": ALGORITHM, "x5c": chain}, words, key, registry=REGISTRY)
