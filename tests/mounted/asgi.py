import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.mounted.settings")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

from chat.routing import websocket_urlpatterns

application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("chat/", URLRouter(websocket_urlpatterns))]),
    }
)
