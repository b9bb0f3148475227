import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("gate", "0001_grants_holds"),
        ("gate", "0002_reasons_of_revoking"),
        ("gate", "0003_matters_of_grants"),
    ]

    initial = True

    dependencies = [
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hold",
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
                    "on",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="things.thing",
                    ),
                ),
                (
                    "actions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("duty", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=500)),
                (
                    "placed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="things.thing",
                    ),
                ),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_at", None)),
                        fields=["on"],
                        name="gate_live_holds",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="gate_hold_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_at", None),
                            ("lifted_at__gte", models.F("placed_at")),
                            _connector="OR",
                        ),
                        name="gate_lifted_after_placed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
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
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants_held",
                        to="things.thing",
                    ),
                ),
                (
                    "on",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="things.thing",
                    ),
                ),
                ("action", models.CharField(max_length=64)),
                ("duty", models.CharField(max_length=64)),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        null=True,
                        size=None,
                    ),
                ),
                ("masks", models.JSONField(default=dict)),
                ("row_filter", models.JSONField(default=list)),
                (
                    "purposes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("rate_per_hour", models.PositiveIntegerField(null=True)),
                ("watermark", models.BooleanField(default=False)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_because", models.CharField(blank=True, max_length=500)),
                (
                    "given_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants_given",
                        to="things.thing",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("revoked_at", None)),
                        fields=["party", "action", "on"],
                        name="gate_live_grants",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gt", models.F("since")), _connector="OR"
                        ),
                        name="gate_grant_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revoked_at", None),
                            models.Q(("revoked_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="gate_revoked_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("party", models.F("on")), _negated=True),
                        name="gate_grant_is_for_others",
                    ),
                ],
            },
        ),
    ]
