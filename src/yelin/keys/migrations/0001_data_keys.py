import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="DataKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("master", models.CharField(max_length=80)),
                ("wrapped", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("destroyed_at", models.DateTimeField(null=True)),
                (
                    "thing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="things.thing",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "datakey",
            models.UniqueConstraint(
                name="keys_one_living_key",
                fields=["thing"],
                condition=models.Q(destroyed_at=None),
            ),
        ),
        migrations.AddConstraint(
            "datakey",
            models.CheckConstraint(
                name="keys_destroyed_keeps_nothing",
                condition=models.Q(destroyed_at=None) & ~models.Q(wrapped=b"")
                | models.Q(destroyed_at__isnull=False, wrapped=b""),
            ),
        ),
    ]
