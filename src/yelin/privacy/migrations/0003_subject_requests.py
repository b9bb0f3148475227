import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_cases"),
        ("catalog", "0008_by_consent"),
        ("keys", "0001_data_keys"),
        ("parties", "0004_identities"),
        ("privacy", "0002_deidentification"),
        ("things", "0001_things"),
        ("warehouse", "0003_subject_sets"),
    ]

    operations = [
        migrations.CreateModel(
            name="SubjectRequest",
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
                    "what",
                    models.CharField(
                        choices=[
                            ("access", "Access"),
                            ("copy", "Copy"),
                            ("correction", "Correction"),
                            ("deletion", "Deletion"),
                        ],
                        max_length=16,
                    ),
                ),
                ("for_child", models.BooleanField(default=False)),
                ("digest", models.CharField(max_length=64)),
                ("masked", models.CharField(max_length=32)),
                ("found_at", models.DateTimeField(null=True)),
                ("proved_at", models.DateTimeField(null=True)),
                ("scanned", models.PositiveIntegerField(default=0)),
                ("copy_until", models.DateTimeField(null=True)),
                ("copied_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subject_request",
                        to="cases.case",
                    ),
                ),
                (
                    "copy_key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="keys.datakey",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subject_requests",
                        to="parties.person",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Target",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("release", "Version of a resource"),
                            ("copies", "Copies beside a resource"),
                            ("consent", "Consent"),
                            ("recipient", "Recipient"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("found", "Found"),
                            ("waiting", "Waiting"),
                            ("failed", "Not reached yet"),
                            ("told", "Told"),
                            ("done", "Done"),
                            ("confirmed", "Confirmed"),
                            ("kept", "Kept"),
                        ],
                        default="found",
                        max_length=16,
                    ),
                ),
                ("rows", models.BigIntegerField(null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=80)),
                ("next_at", models.DateTimeField(null=True)),
                ("since", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("says", models.CharField(blank=True, max_length=500)),
                ("salt", models.BinaryField(max_length=16)),
                (
                    "consent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="privacy.consent",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subject_targets",
                        to="catalog.entry",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subject_targets",
                        to="things.thing",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.release",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="privacy.subjectrequest",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "failed"])),
                        fields=["next_at"],
                        name="privacy_targets_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("party", None)),
                        fields=("request", "kind", "entry", "release", "consent"),
                        name="privacy_target_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("consent", None),
                                ("kind", "release"),
                                ("party", None),
                                ("release__isnull", False),
                            ),
                            models.Q(
                                ("consent", None),
                                ("kind", "copies"),
                                ("party", None),
                                ("release", None),
                            ),
                            models.Q(
                                ("consent__isnull", False),
                                ("kind", "consent"),
                                ("party", None),
                                ("release", None),
                            ),
                            models.Q(
                                ("consent", None),
                                ("kind", "recipient"),
                                ("party__isnull", False),
                                ("release", None),
                            ),
                            _connector="OR",
                        ),
                        name="privacy_target_is_of_its_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("settled_at__isnull", False),
                                ("state__in", ["done", "confirmed", "kept"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ["done", "confirmed", "kept"]), _negated=True
                                ),
                                ("settled_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="privacy_target_settled_says_when",
                    ),
                ],
            },
        ),
    ]
