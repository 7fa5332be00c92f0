"""The chat as an installable app: its manifest, and the service worker that stores pages for offline use.

These three views are public: they hold no personal data.
"""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chat.account_pages import account_page
from chat.branding import branding
from chat.pwa.release import files, offline_enabled, release

ACCENT, SURFACE = "#056573", "#fefdfc"  # of static/css/core/tokens.css, light theme


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """The web app manifest, in the reader's language. The app has the name and the picture of the workspace."""
    brand = branding()
    ours = [
        {"src": static("chat/icons/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        _png("chat/icons/icon-192.png", 192),
        _png("chat/icons/icon-512.png", 512),
        _png("chat/icons/icon-maskable-512.png", 512) | {"purpose": "maskable"},
    ]
    manifest = {
        "id": reverse("chat:home"),
        "name": brand.title,
        "short_name": brand.title,
        "description": _("Chat with the people in your workspace."),
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("chat:rooms"),
        "scope": reverse("chat:home"),
        "display": "standalone",
        "theme_color": ACCENT,
        "background_color": SURFACE,
        "icons": [{"src": brand.picture, "sizes": "512x512"}] if brand.picture else ours,
        "shortcuts": [
            {"name": _("New room"), "url": reverse("chat:create")},
            {"name": _("New message"), "url": reverse("chat:people")},
        ],
    }
    return JsonResponse(manifest, content_type="application/manifest+json")


def _png(name: str, size: int) -> dict[str, str]:
    return {"src": static(name), "sizes": f"{size}x{size}", "type": "image/png"}


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The service worker: the release, its files, and the script that uses them.

    If it is disabled, one that removes what an earlier one stored. Browsers request it on each visit.
    """
    known: dict[str, object] = {"base": reverse("chat:home")}
    script = "chat/js/app/worker-off.js"
    if offline_enabled():
        script = "chat/js/app/worker.js"
        known |= {
            "release": release(),
            "files": files(),
            "rooms": reverse("chat:rooms"),
            "offline": reverse("chat:offline"),
            "signIn": account_page("login"),
        }
    body = f"self.chat = {json.dumps(known)};\nimportScripts({json.dumps(static(script))});\n"
    return HttpResponse(body, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Shown by the worker for a page that it has not stored."""
    return render(request, "chat/shell/offline.html")
