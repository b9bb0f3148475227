import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_catalog"),
        ("things", "0001_things"),
        ("warehouse", "0001_warehouse"),
    ]

    operations = [
        migrations.CreateModel(
            name="Looked",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looked",
                        to="warehouse.release",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "looked at",
            },
        ),
        migrations.CreateModel(
            name="Finding",
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
                (
                    "rules",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=900), size=None
                    ),
                ),
                ("says", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "Sent"),
                            ("answered", "Answered"),
                            ("overdue", "Overdue"),
                            ("closed", "Closed"),
                        ],
                        default="sent",
                        max_length=16,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("found_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="catalog.entry",
                    ),
                ),
                (
                    "mended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings_mended",
                        to="warehouse.release",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="warehouse.release",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=["entry"],
                        name="oversight_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False),
                                ("mended_by__isnull", False),
                                ("state", "closed"),
                            ),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("closed_at", None),
                                ("mended_by", None),
                            ),
                            _connector="OR",
                        ),
                        name="oversight_closed_by_a_release",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "answered"), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="oversight_answered_in_words",
                    ),
                ],
            },
        ),
    ]
