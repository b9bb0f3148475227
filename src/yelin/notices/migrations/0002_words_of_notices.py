from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_notices_channels_feeds"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="words",
            field=models.CharField(default="", max_length=300),
            preserve_default=False,
        ),
    ]
