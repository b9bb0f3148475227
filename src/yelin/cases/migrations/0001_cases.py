import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("cases", "0001_cases_steps_messages"),
        ("cases", "0002_opinions_of_those_heard"),
        ("cases", "0003_those_who_have_steps"),
        ("cases", "0004_examiners"),
    ]

    initial = True

    dependencies = [
        ("parties", "0001_parties"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
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
                ("kind", models.CharField(max_length=64)),
                (
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="things.thing",
                    ),
                ),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases_asked",
                        to="things.thing",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="parties.body",
                    ),
                ),
                (
                    "examiner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases_examined",
                        to="parties.body",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="parties.body",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "submitted"),
                            ("completing", "completing"),
                            ("accepted", "accepted"),
                            ("hearing", "hearing"),
                            ("overdue", "overdue"),
                            ("decided", "decided"),
                            ("appealed", "appealed"),
                            ("closed", "closed"),
                        ],
                        default="submitted",
                        max_length=16,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("approved", "approved"),
                            ("partly", "partly"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                            ("abandoned", "abandoned"),
                            ("dismissed", "dismissed"),
                        ],
                        max_length=16,
                    ),
                ),
                ("asked", models.JSONField()),
                ("given", models.JSONField(null=True)),
                ("salt", models.BinaryField(max_length=16)),
                ("missing", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True)),
                ("legal_basis", models.TextField(blank=True)),
                ("grounds", models.TextField(blank=True)),
                ("finding", models.TextField(blank=True)),
                ("submitted_on", models.DateField()),
                ("accepted_on", models.DateField(null=True)),
                ("decided_on", models.DateField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=["handler"],
                        name="cases_open",
                    ),
                    models.Index(fields=["kind", "-submitted_on", "-number"], name="cases_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome__in", ["refused", "partly"]), _negated=True),
                            models.Q(
                                models.Q(("reason", ""), _negated=True),
                                models.Q(("legal_basis", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="cases_refused_with_reason_and_basis",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("state", "closed"), _negated=True), ("closed_at", None)
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("state", "closed"),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="cases_closed_has_its_moment_and_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "appealed"), _negated=True),
                            ("reviewer__isnull", False),
                            _connector="OR",
                        ),
                        name="cases_appealed_has_a_reviewer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseStep",
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
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="cases.case",
                    ),
                ),
                ("name", models.CharField(max_length=64)),
                (
                    "handler",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case_steps",
                        to="parties.body",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits"),
                            ("done", "Done"),
                            ("lapsed", "Not done in time"),
                            ("needless", "No longer needed"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                ("finding", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("case", "name"), name="cases_step_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseParty",
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
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="heard",
                        to="cases.case",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="heard_in",
                        to="things.thing",
                    ),
                ),
                ("since", models.DateTimeField()),
                ("agrees", models.BooleanField(null=True)),
                ("spoke_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "case parties",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agrees", None), ("spoke_at", None)),
                            models.Q(("agrees__isnull", False), ("spoke_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="cases_heard_spoke_and_agrees_or_not",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="cases.case",
                    ),
                ),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("applicant", "applicant"),
                            ("examiner", "examiner"),
                            ("handler", "handler"),
                            ("heard", "heard"),
                            ("reviewer", "reviewer"),
                            ("step", "step"),
                            ("clock", "clock"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="things.thing",
                    ),
                ),
                ("words", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NumberCounter",
            fields=[
                ("series", models.CharField(max_length=24, primary_key=True, serialize=False)),
                ("last", models.BigIntegerField(default=0)),
            ],
        ),
    ]
