"""Answers that are pictures."""

from django.http import HttpResponse

YEAR = 60 * 60 * 24 * 365  # seconds


def picture_answer(webp: bytes | memoryview, *, shared: bool = False) -> HttpResponse:
    """A picture whose address holds its digest. ``shared``: for everybody, so that proxies may keep it."""
    return HttpResponse(
        bytes(webp),
        content_type="image/webp",
        headers={
            "Cache-Control": f"{'public' if shared else 'private'}, max-age={YEAR}, immutable",
            # The server made this file itself. Should it ever be more than a picture, it can do nothing.
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
