"""Create tables, people, sessions and rooms. Prints them as JSON."""

import json
import sys

import django

django.setup()

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from benchmarks.stock.models import Room

for step in (
    {"app_label": "auth"},
    {"run_syncdb": True},
):  # the stock app has no migrations, and refers to users
    call_command("migrate", verbosity=0, **step)
users = get_user_model()
people = users.objects.bulk_create(users(username=f"bench{n}", password="!") for n in range(int(sys.argv[1])))


def session(user):
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def room(name, members):
    made = Room.objects.create(name=name)
    made.members.set(members)
    return str(made.pk)


rooms = {"thousand": room("thousand", people), "two-hundred": room("two-hundred", people[:200])}
rooms |= {f"pair-{n}": room(f"pair-{n}", people[2 * n : 2 * n + 2]) for n in range(16)}
print("MADE" + json.dumps({"sessions": [session(user) for user in people], "rooms": rooms}))
