from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_sample"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="by_consent",
            field=models.BooleanField(default=False),
        ),
    ]
