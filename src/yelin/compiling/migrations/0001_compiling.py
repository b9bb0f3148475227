import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("compiling", "0001_imports_planned_entries"),
        ("compiling", "0002_what_entries_said_before"),
        ("compiling", "0003_exports"),
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
            name="Export",
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
                    "seat",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.seat",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.deputy",
                    ),
                ),
                ("via", models.CharField(blank=True, max_length=8)),
                ("attempt", models.CharField(blank=True, max_length=36)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("fraction", models.FloatField(default=0)),
                ("rows_per_second", models.FloatField(null=True)),
                ("seconds_left", models.FloatField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exports",
                        to="parties.body",
                    ),
                ),
                ("format", models.CharField(max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("writing", "Being written"),
                            ("ready", "Ready"),
                            ("failed", "Cannot be written"),
                            ("removed", "Removed"),
                        ],
                        default="writing",
                        max_length=16,
                    ),
                ),
                (
                    "sealed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="keys.datakey",
                    ),
                ),
                ("size", models.BigIntegerField(default=0)),
                ("error", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField()),
                ("made_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "writing")),
                        fields=("seat", "format"),
                        name="compiling_one_export_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Import",
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
                    "seat",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.seat",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.deputy",
                    ),
                ),
                ("via", models.CharField(blank=True, max_length=8)),
                ("attempt", models.CharField(blank=True, max_length=36)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("fraction", models.FloatField(default=0)),
                ("rows_per_second", models.FloatField(null=True)),
                ("seconds_left", models.FloatField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="parties.body",
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
                ("mapping", models.CharField(max_length=60)),
                ("columns", models.JSONField(default=dict)),
                ("sheet", models.CharField(blank=True, max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("planning", "Being read"),
                            ("ready", "Ready to be entered"),
                            ("failed", "Cannot be used"),
                            ("running", "Being entered"),
                            ("stopped", "Stopped"),
                            ("done", "Entered"),
                            ("discarded", "Discarded"),
                        ],
                        default="received",
                        max_length=16,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("found", models.JSONField(default=dict)),
                ("error", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["running", "stopped", "done"]), _negated=True),
                            ("seat__isnull", False),
                            _connector="OR",
                        ),
                        name="compiling_somebody_set_it_going",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Planned",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="planned",
                        to="compiling.import",
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("first", models.PositiveIntegerField()),
                ("last", models.PositiveIntegerField()),
                ("rows", models.PositiveIntegerField()),
                ("title", models.CharField(blank=True, max_length=300)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("make", "New"),
                            ("change", "Changed"),
                            ("keep", "Unchanged"),
                            ("refuse", "Refused"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.entry",
                    ),
                ),
                ("before", models.JSONField(null=True)),
                ("content", models.JSONField(null=True)),
                ("flaws", models.JSONField(default=list)),
                ("notes", models.JSONField(default=list)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["position"],
                "indexes": [
                    models.Index(
                        fields=["batch", "outcome", "position"], name="compiling_by_outcome"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "position"), name="compiling_one_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "refuse"), _negated=True),
                            models.Q(("flaws", []), _negated=True),
                            _connector="OR",
                        ),
                        name="compiling_refused_has_reasons",
                    ),
                ],
            },
        ),
    ]
