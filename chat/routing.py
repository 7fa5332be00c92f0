"""Where the socket is."""

from channels.auth import AuthMiddlewareStack
from django.urls import path

from chat.live.consumer import LiveConsumer
from chat.live.origin import SameOrigin

websocket_urlpatterns = [path("live/", SameOrigin(AuthMiddlewareStack(LiveConsumer.as_asgi())))]  # type: ignore[arg-type]
