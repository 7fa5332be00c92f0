import json

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.template import engines

from benchmarks.stock.models import Message, Room

FRAGMENT = engines["django"].from_string(
    '<li class="message" id="message-{{ message.pk }}"><b>{{ message.author.username }}</b>'
    "<time>{{ message.created_at|date:'H:i' }}</time><p>{{ message.body|urlize|linebreaksbr }}</p></li>"
)


class ChatConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        self.room_id = self.scope["url_route"]["kwargs"]["room_id"]
        self.group = f"room_{self.room_id}"
        self.user = self.scope["user"]
        if not await self.is_member():
            await self.close()
            return
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        body = json.loads(text_data)["body"]
        html = await self.keep(body)
        await self.channel_layer.group_send(self.group, {"type": "chat.message", "html": html})

    async def chat_message(self, event):
        await self.send(text_data=event["html"])

    @database_sync_to_async
    def is_member(self):
        return self.user.is_authenticated and Room.objects.filter(pk=self.room_id, members=self.user).exists()

    @database_sync_to_async
    def keep(self, body):
        message = Message.objects.create(room_id=self.room_id, author=self.user, body=body)
        return FRAGMENT.render({"message": message})
