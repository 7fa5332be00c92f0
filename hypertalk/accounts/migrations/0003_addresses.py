from django.db import migrations
from django.db.models import F


def vouch(apps, schema_editor):
    """Accounts from before there was mail could not confirm their address, and must not be locked out the day it comes."""
    EmailAddress = apps.get_model("account", "EmailAddress")
    User = apps.get_model("accounts", "User")
    EmailAddress.objects.exclude(email=F("user__email")).delete()
    EmailAddress.objects.update(verified=True, primary=True)
    known = EmailAddress.objects.values("user")
    missing = User.objects.exclude(pk__in=known).values_list("pk", "email")
    EmailAddress.objects.bulk_create(
        (EmailAddress(user_id=pk, email=email, verified=True, primary=True) for pk, email in missing),
        batch_size=500,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_installation'),
        ('account', '0009_emailaddress_unique_primary_email'),
    ]

    operations = [migrations.RunPython(vouch, migrations.RunPython.noop)]
