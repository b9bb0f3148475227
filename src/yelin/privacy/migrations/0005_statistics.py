"""A work makes rows or statistics, and a certificate says why nobody is told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_lists_of_who_agreed")]

    operations = [
        migrations.AddField(
            model_name="deidentification",
            name="makes",
            field=models.CharField(
                choices=[("rows", "Rows"), ("statistics", "Statistics")],
                default="rows",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="form",
            field=models.CharField(
                choices=[
                    ("rows", "Rows that look alike"),
                    ("suppress", "Small cells not told"),
                ],
                default="rows",
                max_length=16,
            ),
        ),
    ]
