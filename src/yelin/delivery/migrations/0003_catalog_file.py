import uuid

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0002_batches"),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "entries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None
                    ),
                ),
                (
                    "versions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None
                    ),
                ),
                (
                    "reads",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BooleanField(), size=None
                    ),
                ),
                ("sizes", models.JSONField()),
                ("digests", models.JSONField()),
                ("begun_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "get_latest_by": "begun_at",
            },
        ),
    ]
