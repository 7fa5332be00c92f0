"""The ASGI application: pages through Django, sockets through Channels, both behind the edge."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hypertalk.settings")
django_application = get_asgi_application()

# What follows imports models, so Django must be ready.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from chat.routing import websocket_urlpatterns  # noqa: E402
from hypertalk.edge import Edge  # noqa: E402

application = Edge(
    ProtocolTypeRouter({"http": django_application, "websocket": URLRouter(websocket_urlpatterns)}),
    trusted=settings.TRUSTED_PROXIES,
)
