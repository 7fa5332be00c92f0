"""Where the socket is."""

from typing import Any

from django.urls import path

from chat.live.consumer import LiveConsumer
from chat.live.origin import SameOrigin

websocket_urlpatterns: list[Any] = [path("live/", SameOrigin(LiveConsumer.as_asgi()))]  # type: ignore[arg-type]
