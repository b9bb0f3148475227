import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0008_by_consent"),
        ("delivery", "0004_statements"),
        ("parties", "0004_identities"),
        ("things", "0001_things"),
        ("warehouse", "0004_sets_that_let_nothing_out"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attribution",
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
                ("file", models.CharField(max_length=64)),
                ("rows", models.BigIntegerField()),
                ("met", models.BigIntegerField()),
                ("by", models.JSONField()),
                ("weighed", models.JSONField()),
                ("found_at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attributions",
                        to="catalog.entry",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attributions",
                        to="warehouse.release",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attributions",
                        to="parties.seat",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["entry", "-found_at"], name="delivery_attributed")
                ],
            },
        ),
    ]
