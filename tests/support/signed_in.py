"""Cookies and headers of a signed-in browser."""

TOKEN = "c" * 32


def signed_in(session: str, *, script: bool = True) -> dict[str, dict[str, str]]:
    """Cookies and headers for a client of httpx. ``script``: as the page's scripts send them, not as its forms do."""
    headers = {"X-CSRFToken": TOKEN} | ({"HX-Request": "true"} if script else {})
    return {"cookies": {"sessionid": session, "csrftoken": TOKEN}, "headers": headers}
