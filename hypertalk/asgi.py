"""The ASGI application: pages through Django, sockets through Channels, both behind the edge."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hypertalk.settings")
django.setup(set_prefix=False)

# The following imports need models, so Django must be set up first.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from chat.routing import websocket_urlpatterns  # noqa: E402
from hypertalk.logs.tracing import Traced  # noqa: E402
from hypertalk.server.edge import Edge  # noqa: E402
from hypertalk.server.handler import Handler  # noqa: E402

application = Edge(
    Traced(ProtocolTypeRouter({"http": Handler(), "websocket": URLRouter(websocket_urlpatterns)})),
    trusted=settings.TRUSTED_PROXIES,
)
