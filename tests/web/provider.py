"""A provider of identities on loopback, in a process of its own, which demands PKCE.

Run as a program it takes a port, and the files of its certificate and key.
"""

import base64
import hashlib
import io
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import requests
import trustme
from tests.running import running


@dataclass(frozen=True)
class Provider:
    """Where it answers, and whose certificates are to be believed."""

    url: str
    authority: Path

    def signed_in(self, where: str, subject: str) -> str:
        """Sign in as ``subject`` at the page to which we led; return where that leads back."""
        answer = requests.post(
            where,
            data={"sub": subject},
            allow_redirects=False,
            timeout=30,
            verify=str(self.authority),
        )
        assert answer.status_code in {302, 303}, answer.text
        return answer.headers["Location"]

    def denied(self, where: str) -> str:
        """Refuse there; return where that leads back."""
        answer = requests.post(
            where,
            data={"action": "deny"},
            allow_redirects=False,
            timeout=30,
            verify=str(self.authority),
        )
        return answer.headers["Location"]


@contextmanager
def providing(folder: Path) -> Iterator[Provider]:
    """Run one until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(folder / "authority.pem")
    issued.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    files = [str(folder / "certificate.pem"), str(folder / "key.pem")]
    with running(
        [sys.executable, "-m", "tests.web.provider", str(port), *files],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        # It says a word once it listens.
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Provider(f"https://127.0.0.1:{port}", folder / "authority.pem")
        process.kill()


class DemandsPKCE:
    """Lets nobody have a token who does not show what a code was asked for with."""

    def __init__(self, app) -> None:
        self.app = app
        self.challenges: dict[str, str] = {}

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            form = dict(parse_qsl(body.decode()))
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            shown = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if self.challenges.pop(form.get("code", ""), None) != shown:
                start_response("400 Bad Request", [("Content-Type", "application/json")])
                return [b'{"error": "invalid_grant"}']

        def started(status, headers, *rest):
            location = dict(headers).get("Location", "")
            for code in parse_qs(urlsplit(location).query).get("code", []):
                asked = parse_qs(environ["QUERY_STRING"])
                assert asked["code_challenge_method"] == ["S256"]
                self.challenges[code] = asked["code_challenge"][0]
            return start_response(status, headers, *rest)

        return self.app(environ, started)


def main() -> None:
    import oidc_provider_mock  # noqa: PLC0415 - of the process alone
    from werkzeug.serving import make_server  # noqa: PLC0415 - the same

    port, *certificate = sys.argv[1:]
    app = DemandsPKCE(oidc_provider_mock.app(require_nonce=True))
    server = make_server("127.0.0.1", int(port), app, threaded=True, ssl_context=tuple(certificate))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
