"""Asks for each page of the chat in the project it is in. Printed: what each answered, as JSON by the name of the page."""

import io
import json
import sys
from uuid import uuid4

import django

django.setup()

from django.contrib import admin
from django.test import Client
from django.urls import reverse
from people.models import Account
from PIL import Image

from chat import actions
from chat.models import Member, Person
from chat.urls import urlpatterns


def somebody(name: str, **flags: bool) -> Person:
    account = Account.objects.create_user(f"{name}@example.com", "talk-to-me", **flags)
    return actions.ensure_person(account, name.capitalize())


picture = io.BytesIO()
Image.new("RGB", (8, 8)).save(picture, "PNG")
olga, sam = somebody("olga", is_staff=True, is_superuser=True), somebody("sam")
actions.set_picture(sam, picture.getvalue())
room = actions.create_room(olga, name="every-page", topic="", kind="open")
actions.add_member(olga, room.pk, sam.username)
message = actions.post_message(olga, room.pk, id=uuid4(), body="**Here**").message
link = actions.make_link(olga, room.pk, days=7, most_uses=None)

ids = {
    "room_id": room.pk,
    "member_id": Member.objects.get(room=room, person=sam).pk,
    "message_id": message.pk,
    "person_id": sam.pk,
    "digest": sam.picture,
    "invitation_id": link.pk,
    "token": link.token,
    "ban_id": 1,
}
client = Client(SERVER_NAME="localhost")
client.force_login(olga.user)
told = {}
for each in urlpatterns:
    address = reverse(f"chat:{each.name}", kwargs={name: ids[name] for name in each.pattern.converters})
    told[each.name] = client.get(address).status_code
for model, page in admin.site._registry.items():
    if model._meta.app_label == "chat":
        address = reverse(f"admin:chat_{model._meta.model_name}_changelist")
        told[f"administration: {model.__name__}"] = client.get(
            address, {"q": "sam"} if page.search_fields else {}
        ).status_code
nobody = Client(SERVER_NAME="localhost")
told["invited"] = nobody.get(reverse("chat:invitation", args=[link.token])).status_code
actions.revoke_invitation(olga, link.pk)
told["invitation over"] = nobody.get(reverse("chat:invitation", args=[link.token])).status_code
sys.stdout.write("TOLD" + json.dumps(told))
