from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Lower, Replace

LOOK = [('0', 'o'), ('1', 'l'), ('rn', 'm'), ('vv', 'w')]


def look(username):
    username = username.lower()
    for sign, like in LOOK:
        username = username.replace(sign, like)
    return username


def tell_apart(apps, schema_editor):
    """Of two people whose usernames look alike, who came later gets a number."""
    Person = apps.get_model('chat', 'Person')
    taken, again = set(), []
    for person in Person.objects.order_by('pk').only('pk', 'username').iterator():
        if look(person.username) in taken:
            again.append(person)
        taken.add(look(person.username))
    for person in again:
        number = 2
        while look(f'{person.username[:30]}-{number}') in taken:
            number += 1
        username = f'{person.username[:30]}-{number}'
        taken.add(look(username))
        Person.objects.filter(pk=person.pk).update(username=username, version=F('version') + 1)


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0003_directs_and_archives'),
    ]

    operations = [
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(Replace(Replace(Replace(Replace(Lower('username'), Value('0'), Value('o')), Value('1'), Value('l')), Value('rn'), Value('m')), Value('vv'), Value('w')), name='person_username_look'),
        ),
    ]
