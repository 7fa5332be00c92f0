import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.stock.settings")

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

http = get_asgi_application()

from benchmarks.stock.consumers import ChatConsumer

urlpatterns: list = []
application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AuthMiddlewareStack(URLRouter([path("live/<int:room_id>/", ChatConsumer.as_asgi())])),
    }
)
