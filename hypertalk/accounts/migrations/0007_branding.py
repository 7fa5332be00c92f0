from django.db import migrations, models


class Migration(migrations.Migration):
    """The workspace's name and picture, and the room that somebody was in last.

    The previous release, which writes rows without these columns, runs meanwhile: each has a default in the database.
    """

    dependencies = [
        ('accounts', '0006_workspace'),
    ]

    operations = [
        migrations.AddField(
            model_name='workspace',
            name='name',
            field=models.CharField(blank=True, db_default='', default='', max_length=60, verbose_name='name'),
        ),
        migrations.AddField(
            model_name='workspace',
            name='picture',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=16),
        ),
        migrations.AddField(
            model_name='workspace',
            name='webp',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='last_room',
            field=models.UUIDField(editable=False, null=True),
        ),
    ]
