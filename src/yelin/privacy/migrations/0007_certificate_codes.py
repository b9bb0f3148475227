from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0006_noise_budgets")]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="codes",
            field=models.BinaryField(default=b"", max_length=32),
        ),
    ]
