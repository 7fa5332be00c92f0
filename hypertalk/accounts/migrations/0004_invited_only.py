from django.db import migrations, models


def closed_is_by_invitation(apps, schema_editor):
    apps.get_model('accounts', 'Installation').objects.filter(signup='closed').update(signup='invited')


def by_invitation_is_closed(apps, schema_editor):
    apps.get_model('accounts', 'Installation').objects.filter(signup='invited').update(signup='closed')


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_addresses'),
    ]

    operations = [
        migrations.AlterField(
            model_name='installation',
            name='signup',
            field=models.CharField(choices=[('anyone', 'Anyone who finds this place'), ('domain', 'Anyone with an address of one e-mail domain'), ('invited', 'Only people who were invited')], default='anyone', max_length=8, verbose_name='who may make an account'),
        ),
        migrations.RunPython(closed_is_by_invitation, by_invitation_is_closed),
    ]
