from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0002_outside_logins"),
    ]

    operations = [
        migrations.AddField(
            model_name="token",
            name="used_on",
            field=models.DateField(null=True),
        ),
    ]
