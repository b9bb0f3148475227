import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0008_by_consent"),
        ("collecting", "0001_forms_repeats_known_names"),
        ("parties", "0004_identities"),
        ("things", "0001_things"),
        ("warehouse", "0003_subject_sets"),
    ]

    operations = [
        migrations.CreateModel(
            name="CollectionNotice",
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
                ("title", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("content_kept", models.JSONField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="collection_notices",
                        to="parties.body",
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="collection_notices",
                        to="collecting.collectionform",
                    ),
                ),
            ],
            options={
                "ordering": ["-changed_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NoticeVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content_kept", models.JSONField()),
                ("digest", models.BinaryField(max_length=32)),
                ("published_at", models.DateTimeField()),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="privacy.collectionnotice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Purpose",
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
                ("title", models.CharField(max_length=200)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("consent", "CONSENT"),
                            ("contract", "CONTRACT"),
                            ("duty", "DUTY"),
                            ("emergency", "EMERGENCY"),
                            ("public", "PUBLIC"),
                            ("law", "LAW"),
                        ],
                        max_length=16,
                    ),
                ),
                ("guardians", models.BooleanField()),
                ("content_kept", models.JSONField()),
                ("digest", models.BinaryField(max_length=32)),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purposes",
                        to="privacy.collectionnotice",
                    ),
                ),
            ],
            options={
                "ordering": ["since", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Covering",
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
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coverings",
                        to="catalog.entry",
                    ),
                ),
                (
                    "subjects",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covering",
                        to="warehouse.subjectset",
                    ),
                ),
                (
                    "purpose",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coverings",
                        to="privacy.purpose",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
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
                ("for_child", models.BooleanField(default=False)),
                ("digest", models.CharField(max_length=64)),
                ("masked", models.CharField(max_length=32)),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="parties.person",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="privacy.noticeversion",
                    ),
                ),
                (
                    "purpose",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="privacy.purpose",
                    ),
                ),
            ],
            options={
                "ordering": ["-given_at", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="collectionnotice",
            constraint=models.UniqueConstraint(fields=("body", "title"), name="privacy_title_once"),
        ),
        migrations.AddConstraint(
            model_name="collectionnotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "draft"), ("version", 0)),
                    models.Q(models.Q(("state", "draft"), _negated=True), ("version__gt", 0)),
                    _connector="OR",
                ),
                name="privacy_published_has_a_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="collectionnotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "withdrawn"), ("withdrawn_at__isnull", False)),
                    models.Q(
                        models.Q(("state", "withdrawn"), _negated=True), ("withdrawn_at", None)
                    ),
                    _connector="OR",
                ),
                name="privacy_withdrawn_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeversion",
            constraint=models.UniqueConstraint(
                fields=("notice", "number"), name="privacy_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="purpose",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("notice", "digest"),
                name="privacy_living_purpose_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="covering",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("entry", "purpose"),
                name="privacy_covered_once",
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["digest"], name="privacy_consents_of_one"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("purpose", "digest"),
                name="privacy_one_living_consent",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None),
                    ("withdrawn_at__gte", models.F("given_at")),
                    _connector="OR",
                ),
                name="privacy_withdrawn_after_given",
            ),
        ),
    ]
