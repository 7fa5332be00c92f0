from django.db import migrations, models


class Migration(migrations.Migration):
    """``room_order`` has a default in the database, so that the previous release can add people meanwhile."""

    dependencies = [
        ('chat', '0015_moderators_post_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='room_order',
            field=models.CharField(choices=[('name', 'By name'), ('activity', 'By activity')], db_default='name', default='name', max_length=8, verbose_name='order of rooms'),
        ),
        migrations.AlterField(
            model_name='room',
            name='kind',
            field=models.CharField(choices=[('open', 'Open'), ('closed', 'Private'), ('direct', 'Direct')], default='open', max_length=8, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='act',
            field=models.CharField(choices=[('removed', 'removed from a room'), ('banned', 'banned from a room'), ('ban_lifted', 'unbanned'), ('silenced', 'silenced'), ('unsilenced', 'unsilenced'), ('role', 'room role changed'), ('writing', 'who can post changed'), ('retention', 'retention changed'), ('deleted', 'message deleted'), ('closed', 'room made private'), ('archived', 'room archived'), ('restored', 'room unarchived'), ('deactivated', 'deactivated'), ('reactivated', 'reactivated'), ('invitation', 'invitation revoked'), ('place_role', 'workspace role changed'), ('decided', 'report decided'), ('undone', 'decision undone')], max_length=12, verbose_name='action'),
        ),
    ]
