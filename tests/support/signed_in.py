"""What the requests of somebody's browser bring along."""

TOKEN = "c" * 32


def signed_in(session: str, *, script: bool = True) -> dict[str, dict[str, str]]:
    """Cookies and headers for a client of httpx. ``script``: as the scripts of the page ask, not as its forms do."""
    headers = {"X-CSRFToken": TOKEN} | ({"HX-Request": "true"} if script else {})
    return {"cookies": {"sessionid": session, "csrftoken": TOKEN}, "headers": headers}
