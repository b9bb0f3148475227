# Terms by name, judged by the law of their day; extended, and standing still.

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def name_the_running(apps, schema_editor):
    """Say of the terms that run since before which they are and from when they are counted.

    Until now there was one term for each duty, called like it, and the day after which it is
    counted was not kept: the last one that gives the same due day stands for it.
    """
    from yelin.law import calendar, packs  # noqa: PLC0415 - only rows of before need them

    clocks = apps.get_model("law", "Clock").objects.using(schema_editor.connection.alias)
    same = {"term": F("duty"), "law_of": F("started")}
    clocks.exclude(ended_at=None).update(**same, counted_from=F("started"))
    for clock in clocks.filter(ended_at=None):
        first, counted = clock.due, packs.active().term(clock.duty, clock.started)
        while calendar.working_days_between(first, clock.due) < counted.length:
            first -= calendar.DAY
        # A row changed twice in one transaction may not be altered after: each is written once.
        clocks.filter(pk=clock.pk).update(**same, counted_from=first)


class Migration(migrations.Migration):
    dependencies = [
        ("law", "0001_clocks"),
    ]

    operations = [
        migrations.AddField("clock", "term", models.CharField(max_length=64, default="")),
        migrations.AddField("clock", "law_of", models.DateField(null=True)),
        migrations.AddField("clock", "counted_from", models.DateField(null=True)),
        migrations.AddField("clock", "extended", models.BooleanField(default=False)),
        migrations.AddField("clock", "suspended_on", models.DateField(null=True)),
        migrations.AddField(
            "clock", "suspended_for", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.RunPython(name_the_running, migrations.RunPython.noop),
        migrations.AlterField("clock", "term", models.CharField(max_length=64)),
        migrations.AlterField("clock", "law_of", models.DateField()),
        migrations.AlterField("clock", "counted_from", models.DateField()),
        migrations.AlterField(
            "clock", "suspended_for", models.CharField(blank=True, max_length=64)
        ),
        migrations.AddConstraint(
            "clock",
            models.CheckConstraint(
                name="law_suspended_for_a_reason",
                condition=Q(suspended_on=None, suspended_for="")
                | (Q(suspended_on__isnull=False) & ~Q(suspended_for="")),
            ),
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
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("reason", models.CharField(max_length=64)),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pauses",
                        to="law.clock",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        name="law_pause_forward", condition=Q(until__gte=F("since"))
                    )
                ],
            },
        ),
    ]
