"""Who somebody is at a provider elsewhere: OpenID Connect, by code with PKCE, state and nonce.

https://openid.net/specs/openid-connect-core-1_0.html, RFC 7636, RFC 9207. Whatever the provider
says of its own addresses, only hosts that the operator named are asked, and only by https.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote_plus, urlencode

from django.utils.crypto import constant_time_compare
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from yelin.config import config
from yelin.outbound.door import Request
from yelin.outbound.rules import Destination, NotSent
from yelin.outbound.sending import ask_provider
from yelin.parties.models import OutsideLogin

OPEN_SECONDS = 600
_LEEWAY_SECONDS = 60
# Never "none", and none that a public key could be used as a secret for.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
_KEPT = "outside_asked"


class NotKnown(Exception):
    """The provider did not say who this is, or not so that it can be believed; says where."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who somebody is at the provider: the digest to know them by, and what to call them."""

    issuer: str
    digest: bytes
    name: str
    purpose: str
    onward: str


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider that the operator set."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    name: str
    hosts: frozenset[str]
    authority: str = field(default="", repr=False)

    @classmethod
    def configured(cls) -> Self | None:
        """Return the provider of this installation, where it has one."""
        if not (config.oidc_issuer and config.oidc_client_id):
            return None
        host = Destination.parse(config.oidc_issuer).host
        certificate = config.oidc_certificate
        return cls(
            issuer=config.oidc_issuer,
            client_id=config.oidc_client_id,
            secret=config.oidc_client_secret,
            name=config.oidc_name or host,
            hosts=frozenset({host, *config.oidc_hosts}),
            authority=certificate.read_text("utf-8") if certificate else "",
        )

    def begin(self, session: MutableMapping[str, Any], back: str, purpose: str, onward: str) -> str:
        """Keep in the session what will be asked about; return where the browser goes.

        ``purpose`` again asks the provider to have the person prove anew that they are there.
        Raises ``NotKnown`` where the provider does not say where that is.
        """
        said = self._described()
        asked: dict[str, Any] = {
            "state": secrets.token_urlsafe(32),
            "nonce": secrets.token_urlsafe(32),
            "verifier": secrets.token_urlsafe(48),
            "purpose": purpose,
            "onward": onward,
            "back": back,
            "at": int(time.time()),
        }
        session[_KEPT] = asked
        digest = hashlib.sha256(asked["verifier"].encode()).digest()
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": back,
            "scope": "openid profile",
            "state": asked["state"],
            "nonce": asked["nonce"],
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        if purpose == "again":
            parameters |= {"prompt": "login", "max_age": "0"}
        where = said["authorization_endpoint"]
        return f"{where}{'&' if '?' in where else '?'}{urlencode(parameters)}"

    def finish(self, session: MutableMapping[str, Any], given: Mapping[str, str]) -> Claims:
        """Return who came back. Raises ``NotKnown``; what was asked is asked once."""
        asked = session.pop(_KEPT, None)
        if asked is None or not constant_time_compare(given.get("state", ""), asked["state"]):
            raise NotKnown("state")
        if time.time() - asked["at"] > OPEN_SECONDS:
            raise NotKnown("late")
        if given.get("iss", self.issuer) != self.issuer:
            raise NotKnown("iss")
        if "error" in given or "code" not in given:
            raise NotKnown("refused")
        said = self._described()
        claims = self._believed(self._token(said, asked, given["code"]), said, asked)
        name = claims.get("name") or claims.get("preferred_username") or ""
        return Claims(
            self.issuer,
            OutsideLogin.digest_of(self.issuer, claims["sub"]),
            name if isinstance(name, str) else "",
            asked["purpose"],
            asked["onward"],
        )

    def _described(self) -> dict[str, Any]:
        where = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        said = self._ask(Request("GET", where, {"accept": "application/json"}))
        # Whoever describes another than was asked is not that one.
        if said.get("issuer") != self.issuer:
            raise NotKnown("issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            try:
                there = Destination.parse(said.get(name) or "")
            except NotSent:
                raise NotKnown(name) from None
            if there.scheme != "https" or there.host not in self.hosts:
                raise NotKnown(name)
        return said

    def _token(self, said: Mapping[str, Any], asked: Mapping[str, Any], code: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked["back"],
            "code_verifier": asked["verifier"],
        }
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        }
        if "client_secret_basic" in said.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            pair = f"{quote_plus(self.client_id)}:{quote_plus(self.secret)}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": self.client_id, "client_secret": self.secret}
        given = self._ask(
            Request("POST", said["token_endpoint"], headers, urlencode(form).encode())
        )
        if not isinstance(token := given.get("id_token"), str):
            raise NotKnown("token")
        return token

    def _believed(
        self, token: str, said: Mapping[str, Any], asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        keys: Any = self._ask(Request("GET", said["jwks_uri"], {"accept": "application/json"}))
        require = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": asked["nonce"]},
        )
        try:
            claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS).claims
            require.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError):
            # What is said there quotes the token.
            raise NotKnown("token") from None
        others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if not isinstance(claims["sub"], str) or (others and claims.get("azp") != self.client_id):
            raise NotKnown("token")
        fresh = asked["at"] - _LEEWAY_SECONDS
        if asked["purpose"] == "again" and not claims.get("auth_time", 0) >= fresh:
            raise NotKnown("auth_time")
        return dict(claims)

    def _ask(self, request: Request) -> dict[str, Any]:
        try:
            answer = ask_provider(request, self.hosts, self.authority)
            said = json.loads(answer.content) if answer.status == 200 else None
        except (NotSent, ValueError):
            said = None
        if not isinstance(said, dict):
            raise NotKnown("silent")
        return said
