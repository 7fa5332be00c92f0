"""Where the socket is."""

from typing import Any

from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from chat.live.consumer import LiveConsumer
from chat.live.origin import SameOrigin

websocket_urlpatterns: list[Any] = [
    path("live/", SameOrigin(LiveConsumer.as_asgi())),  # type: ignore[arg-type]
    re_path("", WebsocketDenier.as_asgi()),  # type: ignore[arg-type]  # else each such knock is an error in the log
]
