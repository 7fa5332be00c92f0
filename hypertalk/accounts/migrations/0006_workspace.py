from django.db import migrations


class Migration(migrations.Migration):
    """The model is called Workspace. Its table keeps its name, so that the previous release can use it meanwhile.

    Django renames the content type and the permissions with the model: what is in the log of the administration, and
    the rights that were given, stay. In processes of the previous release, only workspace owners can open the page
    from then on.
    """

    dependencies = [
        ('accounts', '0005_plain_english'),
    ]

    operations = [
        migrations.AlterModelTable(name='installation', table='accounts_installation'),
        migrations.RenameModel(old_name='Installation', new_name='Workspace'),
        migrations.AlterModelOptions(
            name='workspace',
            options={'verbose_name': 'workspace', 'verbose_name_plural': 'workspace'},
        ),
    ]
