from django.db import migrations, models


class Migration(migrations.Migration):
    """Renames the field only. Its column stays, so that the previous release can use the table meanwhile."""

    dependencies = [
        ('chat', '0014_mail_refused'),
    ]

    operations = [
        migrations.AlterField(
            model_name='room',
            name='keepers_only',
            field=models.BooleanField(db_column='keepers_only', default=False, verbose_name='only owners and moderators can post'),
        ),
        migrations.RenameField(model_name='room', old_name='keepers_only', new_name='moderators_post_only'),
    ]
