import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_catalog"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Threshold",
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
                ("least", models.PositiveSmallIntegerField()),
                ("blocks", models.BooleanField()),
                ("weights", models.JSONField(default=dict)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="threshold",
                        to="catalog.entry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("least__range", (0, 100))), name="quality_least"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WrittenRule",
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
                ("indicator", models.CharField(max_length=4)),
                ("expression", models.TextField(blank=True)),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), size=None
                    ),
                ),
                ("refers_item", models.CharField(blank=True, max_length=200)),
                ("weight", models.PositiveSmallIntegerField()),
                ("veto", models.BooleanField(default=False)),
                ("text", models.CharField(max_length=300)),
                ("text_en", models.CharField(blank=True, max_length=300)),
                ("made_at", models.DateTimeField()),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quality_rules",
                        to="catalog.entry",
                    ),
                ),
                (
                    "refers_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.entry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("refers_item", ""),
                                ("refers_to", None),
                                models.Q(("expression", ""), _negated=True),
                            ),
                            models.Q(
                                ("expression", ""),
                                ("items__len", 1),
                                ("refers_to__isnull", False),
                                models.Q(("refers_item", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="quality_rule_holds_or_refers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__range", (1, 10))), name="quality_weight"
                    ),
                ],
            },
        ),
    ]
