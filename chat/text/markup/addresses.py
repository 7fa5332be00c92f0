"""Addresses: what a link leads to, and what is shown of it."""

import re
import unicodedata

from markdown_it.common.normalize_url import normalizeLink

from chat.text.characters import INVISIBLE
from chat.text.hosts import ascii_host, shown_host

# Scheme, the part before @, host, and the rest. Matches anything.
_PARTS = re.compile(
    r"((?:[a-z][a-z0-9+.-]*:)?(?://)?)((?:[^/?#]*@)?)([^/?#:]*)(.*)", re.IGNORECASE | re.DOTALL
)
_ESCAPED = re.compile("(?:%[0-9a-f]{2})+", re.IGNORECASE)
# The text of a link that is an address itself: of a page or of a person.
_CLAIM = re.compile(
    r"(?:https?://|www\.|mailto:)\S+|[^\s/@]+@[^\s/@.]+(?:\.[^\s/@.]+)+|[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?:[/?#:]\S*)?",
    re.IGNORECASE,
)
# What people put around an address does not make it another text.
_AROUND = " \t\n.,;:!?…()[]{}<>\"'“”‘’«»"


def target(url: str) -> str:
    """The address that a link opens: ASCII only."""
    scheme, person, host, rest = _split(url)
    return normalizeLink(url if host.isascii() else f"{scheme}{person}{ascii_host(host)}{rest}")


def shown(link: str) -> str:
    """The address as text: readable, but nothing in it is invisible, ends the line or looks like another host.

    Percent-encoded letters of other scripts are decoded, as browsers do; what is ASCII stays as it was written, since
    a decoded space or slash would read like the end of the address.
    """
    if link.isascii() and "%" not in link and "xn--" not in link.lower():
        return link
    scheme, person, host, rest = _split(link)
    return (
        f"{_hidden_encoded(scheme + person)}{shown_host(host)}{_hidden_encoded(_ESCAPED.sub(_decoded, rest))}"
    )


def contradicted(text: str, href: str) -> str:
    """The host that ``href`` leads to as it may be shown, if ``text`` is an address of another host; else empty."""
    text = "".join(sign for sign in text if sign not in INVISIBLE).strip(_AROUND)
    if not _CLAIM.fullmatch(text):
        return ""
    host = shown_host(_split(href)[2])
    return "" if _plain(_split(text)[2]) == _plain(host) else host


def _split(url: str) -> tuple[str, str, str, str]:
    found = _PARTS.match(url)
    assert found is not None  # noqa: S101 - each of its parts may be empty
    scheme, person, host, rest = found.groups()
    return scheme, person, host, rest


def _plain(host: str) -> str:
    return host.lower().removeprefix("www.").rstrip(".")


def _decoded(found: re.Match[str]) -> str:
    """The bytes of one run of %xx, with each character decoded that people can see as what it is."""
    written = found.group()
    data = bytes.fromhex(written.replace("%", ""))
    text = data.decode(errors="surrogateescape")
    pieces = []
    at = 0
    for sign in text:
        size = len(sign.encode(errors="surrogateescape"))
        pieces.append(sign if _readable(sign) else written[3 * at : 3 * (at + size)])
        at += size
    # A mark without its letter would be drawn over what stands before it.
    return written if unicodedata.category(pieces[0][0])[0] == "M" else "".join(pieces)


def _readable(sign: str) -> bool:
    return not sign.isascii() and sign not in INVISIBLE and not sign.isspace()


def _hidden_encoded(text: str) -> str:
    return "".join(_encoded(sign) if sign in INVISIBLE else sign for sign in text)


def _encoded(sign: str) -> str:
    return "".join(f"%{byte:02X}" for byte in sign.encode(errors="surrogatepass"))
