import django.db.models.deletion
from django.db import migrations, models

import yelin.exchange.answering


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0009_facets_in_the_index"),
        ("exchange", "0001_extracts"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answering",
            fields=[
                (
                    "thing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="things.thing",
                    ),
                ),
                ("tells_missing", models.BooleanField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answering",
                        to="catalog.entry",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("of", models.BinaryField(max_length=32)),
                ("hour", models.DateTimeField()),
                ("asked", models.PositiveIntegerField()),
                ("missed", models.PositiveIntegerField()),
                ("keys", yelin.exchange.answering.Bits()),
                ("stems", yelin.exchange.answering.Bits()),
                ("level", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "watches",
                "constraints": [
                    models.UniqueConstraint(fields=("of", "hour"), name="exchange_one_watch")
                ],
            },
        ),
    ]
