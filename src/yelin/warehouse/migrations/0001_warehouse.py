import uuid

import django.db.models.deletion
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("warehouse", "0001_uploads_releases"),
        ("warehouse", "0002_seals"),
        ("warehouse", "0003_tokens_of_uploads"),
        ("warehouse", "0005_releases_upon_releases"),
        ("warehouse", "0007_files_in_pieces"),
    ]

    initial = True

    dependencies = [
        ("catalog", "0001_catalog"),
        ("keys", "0001_data_keys"),
        ("parties", "0001_parties"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
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
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasures",
                        to="catalog.entry",
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("keys", models.PositiveIntegerField()),
                ("erased_at", models.DateTimeField()),
                (
                    "sealed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="keys.datakey",
                    ),
                ),
                ("tombstones_kept", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="warehouse_erased_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Keeping",
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
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keeping",
                        to="catalog.entry",
                    ),
                ),
                ("months", models.PositiveSmallIntegerField(null=True)),
                ("least", models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("least__gte", 1)), name="warehouse_newest_is_kept"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Leaving",
            fields=[
                ("key", models.CharField(max_length=255, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Upload",
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
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="catalog.entry",
                    ),
                ),
                ("filename", models.CharField(max_length=255)),
                ("size", models.BigIntegerField()),
                (
                    "sealed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="keys.datakey",
                    ),
                ),
                ("received_kept", models.JSONField()),
                ("options", models.JSONField(default=dict)),
                (
                    "token",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.token",
                    ),
                ),
                ("emptied_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("preparing", "Being prepared"),
                            ("ready", "Ready to publish"),
                            ("failed", "Cannot be used"),
                            ("published", "Published"),
                            ("discarded", "Discarded"),
                        ],
                        default="received",
                        max_length=16,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("attempt", models.CharField(blank=True, max_length=36)),
                ("stage", models.CharField(blank=True, max_length=32)),
                ("fraction", models.FloatField(default=0)),
                ("rows_per_second", models.FloatField(null=True)),
                ("seconds_left", models.FloatField(null=True)),
                ("rows", models.BigIntegerField(null=True)),
                ("rejected", models.BigIntegerField(null=True)),
                ("report_kept", models.JSONField(default=dict)),
                ("error_kept", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                django.db.models.lookups.Exact(
                                    models.Func(
                                        models.F("received_kept"),
                                        function="jsonb_typeof",
                                        output_field=models.TextField(),
                                    ),
                                    models.Value("object"),
                                ),
                                ("sealed_by", None),
                            ),
                            models.Q(
                                django.db.models.lookups.Exact(
                                    models.Func(
                                        models.F("received_kept"),
                                        function="jsonb_typeof",
                                        output_field=models.TextField(),
                                    ),
                                    models.Value("string"),
                                ),
                                ("sealed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="warehouse_received_sealed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                django.db.models.lookups.Exact(
                                    models.Func(
                                        models.F("report_kept"),
                                        function="jsonb_typeof",
                                        output_field=models.TextField(),
                                    ),
                                    models.Value("object"),
                                ),
                                ("sealed_by", None),
                            ),
                            models.Q(
                                django.db.models.lookups.Exact(
                                    models.Func(
                                        models.F("report_kept"),
                                        function="jsonb_typeof",
                                        output_field=models.TextField(),
                                    ),
                                    models.Value("string"),
                                ),
                                ("sealed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="warehouse_report_sealed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                django.db.models.lookups.Exact(
                                    models.Func(
                                        models.F("error_kept"),
                                        function="jsonb_typeof",
                                        output_field=models.TextField(),
                                    ),
                                    models.Value("object"),
                                ),
                                ("sealed_by", None),
                            ),
                            models.Q(
                                django.db.models.lookups.Exact(
                                    models.Func(
                                        models.F("error_kept"),
                                        function="jsonb_typeof",
                                        output_field=models.TextField(),
                                    ),
                                    models.Value("string"),
                                ),
                                ("sealed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="warehouse_error_sealed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["ready", "published"]), _negated=True),
                            models.Q(("attempt", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="warehouse_ready_has_its_files",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
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
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="catalog.entry",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "entry_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="catalog.entryversion"
                    ),
                ),
                (
                    "upload",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="warehouse.upload"
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("replace", "Replace"),
                            ("append", "Append"),
                            ("upsert", "Upsert"),
                            ("delete", "Delete"),
                            ("restore", "Restore"),
                        ],
                        default="replace",
                        max_length=16,
                    ),
                ),
                (
                    "base",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.release",
                    ),
                ),
                (
                    "restored",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.release",
                    ),
                ),
                ("redactions", models.PositiveIntegerField(default=0)),
                ("redacted_at", models.DateTimeField(null=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
                ("rows", models.BigIntegerField()),
                ("rejected", models.BigIntegerField()),
                ("columns", models.PositiveIntegerField()),
                ("released_at", models.DateTimeField()),
                (
                    "sealed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="keys.datakey",
                    ),
                ),
                ("manifest_kept", models.JSONField()),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "number"), name="warehouse_one_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                django.db.models.lookups.Exact(
                                    models.Func(
                                        models.F("manifest_kept"),
                                        function="jsonb_typeof",
                                        output_field=models.TextField(),
                                    ),
                                    models.Value("object"),
                                ),
                                ("sealed_by", None),
                            ),
                            models.Q(
                                django.db.models.lookups.Exact(
                                    models.Func(
                                        models.F("manifest_kept"),
                                        function="jsonb_typeof",
                                        output_field=models.TextField(),
                                    ),
                                    models.Value("string"),
                                ),
                                ("sealed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="warehouse_manifest_sealed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("redacted_at", None), ("redactions", 0)),
                            models.Q(("redacted_at__isnull", False), ("redactions__gt", 0)),
                            _connector="OR",
                        ),
                        name="warehouse_redacted_says_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Arrival",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.entry",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.seat",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="things.thing",
                    ),
                ),
                ("filename", models.CharField(max_length=255)),
                ("size", models.BigIntegerField()),
                ("options", models.JSONField()),
                ("metadata", models.CharField(max_length=4000)),
                (
                    "sealed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="keys.datakey",
                    ),
                ),
                ("arrived", models.BigIntegerField(default=0)),
                ("attempt", models.CharField(blank=True, max_length=36)),
                ("until", models.DateTimeField()),
                (
                    "upload",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.upload",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["entry", "until"], name="warehouse_arrivals")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("arrived__lt", models.F("size")), ("upload", None)),
                            models.Q(("arrived", models.F("size")), ("upload__isnull", False)),
                            _connector="OR",
                        ),
                        name="warehouse_whole_is_an_upload",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Piece",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "arrival",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="warehouse.arrival",
                    ),
                ),
                ("begins", models.BigIntegerField()),
                ("size", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("arrival", "begins"), name="warehouse_pieces_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="upload",
            name="restores",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="restored_by",
                to="warehouse.release",
            ),
        ),
    ]
