"""Values that have broken servers before, for fields, paths, headers and addresses; and the names that views look for."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CANARY = "zz-canary"  # a unique element and attribute: must never appear as markup in an answer
MARKUP = (
    f'"><{CANARY} on{CANARY}=1>',
    f"'><{CANARY}>",
    f"</script></style></textarea></title><{CANARY}>",
    f'" on{CANARY}="1',
    f"' on{CANARY}='1",
    f"<svg><style><{CANARY}>",
    f"javascript:{CANARY}",
    f"{{{{ {CANARY} }}}}{{% debug %}}",
)
ELSEWHERE = (
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "///evil.example",
    "/%09/evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "javascript:alert(1)",
    "\t//evil.example",
)
ODD = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "\u202e\u2066\ufeff\u200b",
    "\r\nSet-Cookie: evil=1\r\n\r\n<html>",
    "0",
    "-1",
    "1",
    "9" * 19,
    "9" * 400,
    "9" * 5000,
    str(2**31),
    str(2**63),
    "1e308",
    "NaN",
    "inf",
    "0x10",
    "1_000",
    "๓",
    "²",
    "1.5",
    "true",
    "null",
    "[]",
    "[[[]]]",
    "'; DROP TABLE chat_message; --",
    "' OR 1=1 --",
    "%",
    "_%_",
    "\\",
    "a\\'b",
    "../../../../etc/passwd",
    "..\\..\\x",
    "%00",
    "%2e%2e%2f",
    "%ff%fe",
    "%",
    "%zz",
    "$(id)",
    "`id`",
    "${7*7}",
    "{0.__class__}",
    "%s%n%d",
    "x" * 300,
    "x" * 20_000,
    "ก็" * 500,
    "a\u0301" * 400,
    "👩‍👩‍👧" * 100,
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-00000000000",
    "{00000000-0000-0000-0000-000000000000}",
    "2026-11-21",
    "99999-99-99",
    "0001-01-01",
    "9999-12-31T23:59:59+14:00",
    "a@b",
    "a@" + "b." * 200 + "c",
    "new@example.com\nBcc: x@evil.example",
    "UTC",
    "../UTC",
    "Asia/Bangkok\0",
    "en",
    "zz-ZZ-" + "x" * 200,
    "[" * 3000,
    '{"a":' * 3000,
    '{"type": "public-key", "id": "", "rawId": "", "response": {}}',
    '{"response": null}',
    '{"id": 1, "rawId": [], "type": {}, "response": {"clientDataJSON": "", "attestationObject": "_"}}',
)
# Tokens that have confused parsers of bodies, cookies and headers.
TOKENS = (
    *ODD[:24],
    *MARKUP,
    *ELSEWHERE,
    "&",
    "=",
    ";",
    "&&==",
    "%",
    "%u0041",
    "--",
    "\r\n",
    "\n",
    '"',
    "'",
    "{",
    "[",
    ",",
    ":",
    "\\u0000",
    "\\ud800",
    "boundary",
    "filename=",
    "charset=",
)


def names() -> list[str]:
    """Fields and parameters that our code and templates use, and those of Django and allauth."""
    found = set()
    for folder in ("chat", "hypertalk"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            text = file.read_text()
            found |= set(re.findall(r"\b(?:GET|POST|FILES)(?:\.get(?:list)?\(|\[)\"(\w+)\"", text))
            found |= set(re.findall(r"^    (\w+) = forms\.", text, re.MULTILINE))
    for file in sorted((ROOT / "templates").rglob("*.html")):
        found |= set(re.findall(r'\bname="([\w-]+)"', file.read_text()))
    return sorted(found | set(OF_OTHERS))


OF_OTHERS = (
    *("login", "password", "password1", "password2", "oldpassword", "email", "remember", "next", "code"),
    *("credential", "action_add", "action_primary", "action_remove", "action_send", "passwordless"),
    *("action", "_selected_action", "index", "select_across", "_save", "_continue", "_popup", "_to_field"),
    *("p", "o", "all", "e", "_facets", "app_label", "model_name", "field_name", "term", "created_at__year"),
    *("room__kind", "role__exact", "id__in", "act__exact", "decided", "author__user__password__startswith"),
    *("csrfmiddlewaretoken", "messages", "sessionid", "_method", "__proto__", "body[]", "usable_password"),
    *("form-TOTAL_FORMS", "form-INITIAL_FORMS", "_changelist_filters", "_facets"),
)
