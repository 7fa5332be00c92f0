from django.db import migrations, models


def tell_apart(apps, schema_editor):
    """Of open rooms with one name the oldest keeps it; the others get a few signs of their id after it."""
    room_model = apps.get_model("chat", "Room")
    taken = set()
    for room in room_model.objects.filter(kind="open").order_by("created_at", "pk"):
        if room.name in taken:
            room.name = f"{room.name[:51]}-{room.pk.hex[-8:]}"
            room.save(update_fields=["name"])
        taken.add(room.name)


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_initial")]

    operations = [
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.AddConstraint(
            "room",
            models.UniqueConstraint(
                condition=models.Q(kind="open"), fields=("name",), name="room_open_name_unique"
            ),
        ),
    ]
