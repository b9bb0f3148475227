import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0002_threes_and_numbers"),
        ("parties", "0001_parties"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Demand",
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
                ("number", models.CharField(max_length=32, unique=True)),
                ("title", models.CharField(max_length=120)),
                ("purpose", models.TextField()),
                ("theme", models.CharField(blank=True, max_length=40)),
                ("salt", models.BinaryField(max_length=16)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "submitted"),
                            ("open", "open"),
                            ("overdue", "overdue"),
                            ("planned", "planned"),
                            ("declined", "declined"),
                            ("fulfilled", "fulfilled"),
                            ("returned", "returned"),
                            ("withdrawn", "withdrawn"),
                            ("merged", "merged"),
                        ],
                        default="submitted",
                        max_length=16,
                    ),
                ),
                ("voices", models.PositiveIntegerField(default=0)),
                ("answer", models.TextField(blank=True)),
                ("legal_basis", models.TextField(blank=True)),
                ("planned_until", models.DateField(null=True)),
                ("returned_reason", models.TextField(blank=True)),
                ("submitted_on", models.DateField()),
                ("published_on", models.DateField(null=True)),
                ("answered_on", models.DateField(null=True)),
                ("fulfilled_on", models.DateField(null=True)),
                (
                    "about",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demands",
                        to="catalog.entry",
                    ),
                ),
                (
                    "asker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demands",
                        to="things.thing",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demands_addressed",
                        to="parties.body",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demands_answered",
                        to="catalog.entry",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demands",
                        to="parties.body",
                    ),
                ),
                (
                    "into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="opening.demand",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("said", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="catalog.entry",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="things.thing",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="parties.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OpeningPlan",
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
                ("year", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published")],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("published_on", models.DateField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opening_plans",
                        to="parties.body",
                    ),
                ),
            ],
            options={
                "ordering": ["-year", "body", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PlannedOpening",
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
                ("until", models.DateField()),
                ("dropped", models.BooleanField(default=False)),
                (
                    "demand",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="planned",
                        to="opening.demand",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="planned",
                        to="catalog.entry",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="opening.openingplan",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="planned_openings",
                        to="parties.body",
                    ),
                ),
            ],
            options={
                "ordering": ["until", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Voice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField()),
                ("told", models.CharField(blank=True, max_length=16)),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supporters",
                        to="opening.demand",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voices",
                        to="things.thing",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="demand",
            index=models.Index(fields=["-voices", "-number"], name="opening_most_wanted"),
        ),
        migrations.AddIndex(
            model_name="demand",
            index=models.Index(fields=["handler", "state"], name="opening_by_handler"),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["open", "overdue", "planned", "declined", "fulfilled"]),
                        _negated=True,
                    ),
                    models.Q(("handler__isnull", False), ("published_on__isnull", False)),
                    _connector="OR",
                ),
                name="opening_public_demand_has_who_answers",
            ),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "declined"), _negated=True),
                    models.Q(
                        models.Q(("answer", ""), _negated=True),
                        models.Q(("legal_basis", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="opening_declined_with_reason_and_basis",
            ),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "planned"), _negated=True),
                    ("planned_until__isnull", False),
                    _connector="OR",
                ),
                name="opening_planned_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "fulfilled"), _negated=True),
                    models.Q(("entry__isnull", False), ("fulfilled_on__isnull", False)),
                    _connector="OR",
                ),
                name="opening_fulfilled_by_an_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("into__isnull", False), ("state", "merged")),
                    models.Q(models.Q(("state", "merged"), _negated=True), ("into", None)),
                    _connector="OR",
                ),
                name="opening_merged_into_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "returned"), _negated=True),
                    models.Q(("returned_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="opening_returned_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="demand",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["submitted", "open", "overdue", "planned"])),
                fields=("asker", "title"),
                name="opening_demand_once_for_each",
            ),
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["changed_at"], name="opening_drafts_by_age"),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                fields=("person", "party", "entry"), name="opening_one_draft_of_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="openingplan",
            constraint=models.UniqueConstraint(
                fields=("body", "year"), name="opening_one_plan_a_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="openingplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_on__isnull", False), ("state", "published")),
                    models.Q(("published_on", None), ("state", "draft")),
                    _connector="OR",
                ),
                name="opening_published_plan_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="plannedopening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("entry__isnull", False), ("demand__isnull", False), _connector="OR"
                ),
                name="opening_planned_is_an_entry_or_a_demand",
            ),
        ),
        migrations.AddConstraint(
            model_name="voice",
            constraint=models.UniqueConstraint(
                fields=("demand", "party"), name="opening_one_voice_each"
            ),
        ),
    ]
