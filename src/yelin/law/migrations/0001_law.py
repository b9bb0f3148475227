import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("law", "0001_clocks"), ("law", "0002_standing_still")]

    initial = True

    dependencies = [
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Clock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "thing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clocks",
                        to="things.thing",
                    ),
                ),
                ("duty", models.CharField(max_length=64)),
                ("term", models.CharField(max_length=64)),
                ("law_of", models.DateField()),
                ("started", models.DateField()),
                ("counted_from", models.DateField()),
                ("due", models.DateField()),
                ("provisional", models.BooleanField(default=False)),
                ("extended", models.BooleanField(default=False)),
                ("suspended_on", models.DateField(null=True)),
                ("suspended_for", models.CharField(blank=True, max_length=64)),
                ("lapsed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["duty", "due"],
                        name="law_running",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("thing", "duty"),
                        name="law_one_running_clock",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due__gte", models.F("started"))),
                        name="law_due_not_before_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("suspended_for", ""), ("suspended_on", None)),
                            models.Q(
                                ("suspended_on__isnull", False),
                                models.Q(("suspended_for", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="law_suspended_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pauses",
                        to="law.clock",
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("reason", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))),
                        name="law_pause_forward",
                    )
                ],
            },
        ),
    ]
