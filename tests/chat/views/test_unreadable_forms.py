"""A malformed form body. Odd values in forms: tests/fuzz/test_fields.py."""

import pytest

from chat.models import Person
from tests.conftest import client_of


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded; charset=latin-1", "a=1", 400),
        ("application/x-www-form-urlencoded; charset=rot13", "a=1", 400),
        ("multipart/form-data", "a", 400),
        ("multipart/form-data; boundary=" + "b" * 5000, "a", 400),
        (
            "multipart/form-data; boundary=b; charset=rot13",
            '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n',
            400,
        ),
        ("application/x-www-form-urlencoded", "a=1&" * 500, 400),
        ("application/x-www-form-urlencoded", "a=" + "x" * 300_000, 413),
    ],
)
def test_a_form_that_is_none_is_refused_in_words_wherever_it_is_sent(
    alice: Person, kind: str, body: str, status: int
) -> None:
    """Also at missing addresses: the 404 page reads a field of the form, and so does the error page."""
    client = client_of(alice)
    for path in ("/", "/nowhere/", "/rooms/", "/accounts/login/", "/admin/", "/people/1/"):
        answer = client.generic("POST", path, body, content_type=kind)
        assert answer.status_code == status, path
        assert answer.content.decode().startswith(("The form could not be read.", "This is too large")), path
