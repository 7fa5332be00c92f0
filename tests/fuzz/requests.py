"""Random HTTP requests: any method, address, headers and body, nearly right or all wrong."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from hypothesis import strategies as st

from tests.fuzz.words import ELSEWHERE, MARKUP, ODD, TOKENS, names

METHODS = (
    "GET",
    "POST",
    "GET",
    "POST",
    "HEAD",
    "OPTIONS",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "PROPFIND",
    "get",
)
CSRF = b"a" * 32  # both in the cookie and in the header: one of our forms
NAMES = names()


@dataclass(frozen=True)
class FuzzedRequest:
    method: str
    path: str  # as the server passes it on: percent signs decoded, broken UTF-8 replaced
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def scope(self, session: str | None) -> dict[str, Any]:
        """In ASGI's form, from one of our pages: its own headers come first, the random ones are added or replace them."""
        drawn = {name for name, _ in self.headers}
        cookies = [b"csrftoken=" + CSRF] + ([f"sessionid={session}".encode()] if session else [])
        ours = [
            (b"host", b"testserver"),
            (b"x-csrftoken", CSRF),
            (b"content-length", str(len(self.body)).encode()),
        ]
        headers = [each for each in ours if each[0] not in drawn] + list(self.headers)
        if b"cookie" not in drawn or session:
            headers.append((b"cookie", b"; ".join(cookies)))
        return {
            "type": "http",
            "method": self.method,
            "path": self.path,
            "raw_path": quote(self.path).encode(),
            "root_path": "",
            "scheme": "http",
            "query_string": self.query,
            "headers": headers,
            "client": ("203.0.113.7", 4711),
            "server": ("testserver", 80),
            "http_version": "1.1",
        }


any_bytes = st.lists(
    st.one_of(st.sampled_from([t.encode("utf-8", "surrogatepass") for t in TOKENS]), st.binary(max_size=12)),
    max_size=6,
).map(b"".join)


def values(known: list[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(known),
        st.sampled_from(ODD),
        st.sampled_from(MARKUP),
        st.sampled_from(ELSEWHERE),
        st.text(max_size=12),
    )


def fields(known: list[str]) -> st.SearchStrategy[list[tuple[str, str]]]:
    name = st.one_of(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(ODD + MARKUP))
    return st.lists(st.tuples(name, values(known)), max_size=5)


def encoded(pairs: list[tuple[str, str]]) -> bytes:
    def safe(text: str) -> str:
        return quote_plus(text.encode("utf-8", "surrogatepass"))

    return "&".join(f"{safe(name)}={safe(value)}" for name, value in pairs).encode()


CHARSETS = (
    "utf-8",
    "rot13",
    "base64",
    "idna",
    "utf-7",
    "utf-16",
    "x-none",
    "\0",
    "latin-1",
    '"utf-8',
    "zlib",
    "punycode",
)
BOUNDARIES = ("b", "b" * 70, "", '"b', "b\r\n", "é", "b;b", "b" * 5000)
ENCODINGS = ("base64", "quoted-printable", "8bit", "x" * 20)
FILES = (
    b"",
    b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    b"GIF89a" + b"\xff" * 30,
    b"<svg onload=alert(1)>",
    b"\xff" * 1000,
)


@st.composite
def multipart(draw: st.DrawFn, known: list[str]) -> tuple[bytes, bytes]:
    """Mostly well-formed; each part may be broken."""
    boundary = draw(st.sampled_from(("b", "b", "b", *BOUNDARIES))).encode()
    parts = []
    for name, value in draw(fields(known)):
        content = value.encode("utf-8", "surrogatepass")
        head = b'Content-Disposition: form-data; name="' + name.encode("utf-8", "surrogatepass")[:200] + b'"'
        if draw(st.booleans()):
            head += b'; filename="' + draw(st.sampled_from(TOKENS)).encode("utf-8", "surrogatepass") + b'"'
            head += b"\r\nContent-Type: " + draw(
                st.sampled_from((b"image/png", b"text/html", b"\xff", b"a/b; charset=rot13"))
            )
            content = draw(st.sampled_from(FILES))
        if draw(st.integers(0, 5)) == 0:
            head += b"\r\nContent-Transfer-Encoding: " + draw(st.sampled_from(ENCODINGS)).encode()
        if draw(st.integers(0, 5)) == 0:
            head += b"\r\n" + draw(any_bytes)
        parts.append(b"--" + boundary + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n")
    body = b"".join(parts) + (b"--" + boundary + b"--\r\n" if draw(st.integers(0, 3)) else b"")
    kind = b"multipart/form-data; boundary=" + boundary
    if draw(st.integers(0, 4)) == 0:
        kind += b"; charset=" + draw(st.sampled_from(CHARSETS)).encode()
    return kind, body


@st.composite
def bodies(draw: st.DrawFn, known: list[str]) -> tuple[bytes, bytes]:
    """(content type, body)"""
    match draw(st.integers(0, 11)):
        case 0 | 1 | 2 | 3 | 4:
            kind, body = b"application/x-www-form-urlencoded", encoded(draw(fields(known)))
        case 5 | 6 | 7:
            return draw(multipart(known))
        case 8:
            value: Any = draw(
                st.dictionaries(
                    st.sampled_from(NAMES),
                    st.one_of(values(known), st.none(), st.integers(), st.lists(st.none())),
                )
            )
            kind, body = b"application/json", json.dumps(value).encode()
        case 9:
            kind = draw(st.sampled_from((b"application/json", b"application/x-www-form-urlencoded", b"")))
            body = draw(
                st.sampled_from(
                    (b"[" * 100_000, b'{"a":' * 20_000, b"1" * 5000, b"\xff\xfe\0", b'"\\ud800"', b"NaN")
                )
            )
        case 10:
            kind = b"application/x-www-form-urlencoded"
            body = draw(
                st.sampled_from(
                    (
                        b"a=" + b"x" * 300_000,
                        b"&".join(b"f%d=1" % n for n in range(500)),
                        b"a&" * 5000,
                        b"=" * 2000,
                    )
                )
            )
        case _:
            kind, body = draw(any_bytes), draw(any_bytes)
    if draw(st.integers(0, 9)) == 0:
        kind += b"; charset=" + draw(st.sampled_from(CHARSETS)).encode()
    return kind, body


HEADERS = (
    *(b"accept", b"accept-language", b"accept-encoding", b"cookie", b"referer", b"origin", b"range", b"host"),
    *(
        b"if-modified-since",
        b"if-none-match",
        b"if-match",
        b"if-unmodified-since",
        b"user-agent",
        b"authorization",
    ),
    *(
        b"hx-current-url",
        b"hx-target",
        b"hx-trigger",
        b"hx-prompt",
        b"hx-boosted",
        b"hx-history-restore-request",
    ),
    *(b"hx-current-url-uri-autoencoded", b"chat-person", b"x-requested-with", b"x-http-method-override"),
    *(b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-csrftoken", b"content-length"),
    *(
        b"x-original-url",
        b"x-rewrite-url",
        b"transfer-encoding",
        b"content-encoding",
        b"sec-fetch-site",
        b"x-request-id",
    ),
)


@st.composite
def headers(draw: st.DrawFn, known: list[str]) -> list[tuple[bytes, bytes]]:
    found = []
    if draw(st.booleans()):
        found.append((b"hx-request", b"true"))
    for name in draw(st.lists(st.sampled_from(HEADERS), max_size=3, unique=True)):
        value = draw(values(known)).encode("utf-8", "surrogatepass")
        # What servers let through: no control characters except tabs.
        found.append((name, bytes(each for each in value if each >= 32 and each != 127)[:8000]))
    return found


@st.composite
def requests(draw: st.DrawFn, route: str, ids: dict[str, list[str]], known: list[str]) -> FuzzedRequest:
    def fill(found: re.Match[str]) -> str:
        there = st.sampled_from(ids.get(found[1], known))
        value = draw(st.one_of(there, there, there, values(known)))
        return quote(value.encode("utf-8", "surrogatepass"), safe=draw(st.sampled_from(("", "/"))))

    path = re.sub(r"<(\w+)>", fill, "/" + route)
    if draw(st.integers(0, 9)) == 0:
        path += quote(draw(st.sampled_from(TOKENS)).encode("utf-8", "surrogatepass"))
    method = draw(st.sampled_from(METHODS))
    query = encoded(draw(fields(known))) if draw(st.booleans()) else b""
    if draw(st.integers(0, 9)) == 0:
        query += bytes(each for each in draw(any_bytes) if 32 < each < 127)
    given = draw(headers(known))
    body = b""
    if method != "GET" or draw(st.integers(0, 9)) == 0:
        kind, body = draw(bodies(known))
        given.append((b"content-type", bytes(each for each in kind if each >= 32 and each != 127)))
    elif draw(st.integers(0, 9)) == 0:
        given.append(
            (
                b"content-type",
                b"text/plain; charset=" + draw(st.sampled_from(CHARSETS)).encode().replace(b"\0", b""),
            )
        )
    return FuzzedRequest(method, unquote(path, errors="replace"), query, tuple(given), body)
