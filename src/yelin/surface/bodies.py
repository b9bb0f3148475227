"""What is sent to us is taken whole or not at all; what is there whole leaves in one piece."""

import re
from collections.abc import Iterable
from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

from django.http import HttpResponse

_CHARSET = re.compile(r';\s*charset\s*=\s*("[^"]*"|[^;]*)', re.IGNORECASE)


class Unmeasured(Exception):
    """A body was sent without its length, so that its end could not be told from its loss."""


class Whole:
    """A body of which every byte asked for comes: the server ends a lost one like any other."""

    def __init__(self, source: InputStream) -> None:
        self._source = source
        self.readline = source.readline

    def read(self, size: int) -> bytes:
        """Return ``size`` bytes. Raises ``ConnectionResetError`` where the line was lost before."""
        pieces = []
        while size:
            piece = self._source.read(size)
            if not piece:
                raise ConnectionResetError("the body did not arrive whole")
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)


def whole(application: WSGIApplication) -> WSGIApplication:
    """Return the application reading bodies that are whole; it asks for no byte beyond them."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"] = Whole(environ["wsgi.input"])
        return application(environ, start)

    return answer


def in_utf8(application: WSGIApplication) -> WSGIApplication:
    """Return the application reading addresses and forms as UTF-8 (WHATWG URL) and as nothing else.

    Django takes the charset that a body says it has for the address too: a file's name there became
    another, and a charset that is none broke the request. What is sent as a file is looked at.
    """

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = _CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
        return application(environ, start)

    return answer


def at_once(application: WSGIApplication) -> WSGIApplication:
    """Return the application handing over in one piece what is there whole.

    The server sends a list by the thread that answered. Through anything else it goes piece by
    piece, by a thread that is woken for each one and for the end.
    """

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        response = application(environ, start)
        # A stream, and what leaves by `sendfile`, is closed when it has left.
        if type(response) is not HttpResponse:
            return response
        response.close()
        return [response.content]

    return answer
