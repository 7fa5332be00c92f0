"""The address of the socket."""

from typing import Any

from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from chat.live.consumer import LiveConsumer
from chat.live.origin import SameOrigin

websocket_urlpatterns: list[Any] = [
    path("live/", SameOrigin(LiveConsumer.as_asgi())),  # type: ignore[arg-type]
    re_path("", WebsocketDenier.as_asgi()),  # type: ignore[arg-type]  # otherwise each request elsewhere logs an error
]
