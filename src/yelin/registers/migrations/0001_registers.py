import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("registers", "0001_systems_projects_plans_standards"),
        ("registers", "0002_connections"),
        ("registers", "0003_process_rules"),
    ]

    initial = True

    dependencies = [
        ("outbound", "0001_outbound"),
        ("parties", "0001_parties"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProcessRule",
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
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="process_rules",
                        to="parties.body",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60)),
                ("title", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=300)),
                (
                    "steps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("compile", "COMPILE"),
                                ("collect", "COLLECT"),
                                ("store", "STORE"),
                                ("exchange", "EXCHANGE"),
                                ("share", "SHARE"),
                                ("open", "OPEN"),
                                ("use", "USE"),
                                ("secure", "SECURE"),
                                ("destroy", "DESTROY"),
                            ],
                            max_length=16,
                        ),
                        size=None,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("address", models.CharField(blank=True, max_length=500)),
                (
                    "replaces",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="registers.processrule",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("replaced", "Replaced"),
                            ("repealed", "Repealed"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("in_force_from", models.DateField(null=True)),
                ("in_force_to", models.DateField(null=True)),
            ],
            options={
                "ordering": [
                    models.OrderBy(models.F("in_force_from"), descending=True, nulls_first=True),
                    "title",
                    "pk",
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="registers_process_rule_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("in_force_from", None), ("number", ""), ("state", "draft")),
                            models.Q(
                                models.Q(("state", "draft"), _negated=True),
                                models.Q(("number", ""), _negated=True),
                                ("in_force_from__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="registers_issued_rule_has_number_and_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("in_force_to", None), ("state__in", ["draft", "published"])),
                            models.Q(
                                ("in_force_to__gte", models.F("in_force_from")),
                                ("state__in", ["replaced", "repealed"]),
                            ),
                            _connector="OR",
                        ),
                        name="registers_ended_rule_has_its_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundedProject",
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
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="parties.body",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "funding",
                    models.CharField(
                        choices=[("whole", "Wholly"), ("part", "In part")], max_length=8
                    ),
                ),
                ("approval", models.CharField(max_length=200)),
                ("approved_on", models.DateField()),
            ],
            options={
                "ordering": ["-approved_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("approval", ""), _negated=True),
                        name="registers_project_has_its_approval",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GovernmentSystem",
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
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="systems",
                        to="parties.body",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("purpose", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "New"), ("existing", "Existing"), ("ended", "Ended")],
                        max_length=16,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="systems",
                        to="registers.fundedproject",
                    ),
                ),
                ("ended_on", models.DateField(null=True)),
                (
                    "token",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="systems",
                        to="parties.token",
                    ),
                ),
                (
                    "way_out",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="systems",
                        to="outbound.egressrule",
                    ),
                ),
                ("succeeded_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on__isnull", False), ("state", "ended")),
                            models.Q(
                                models.Q(("state", "ended"), _negated=True), ("ended_on", None)
                            ),
                            _connector="OR",
                        ),
                        name="registers_ended_system_has_its_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
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
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="parties.body",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("overall", "Overall"),
                            ("area", "Of an area"),
                            ("department", "Of a department"),
                            ("sector", "Of a sector"),
                        ],
                        max_length=16,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("approved", "Approved"),
                            ("published", "Published"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approved_plans",
                        to="parties.body",
                    ),
                ),
                ("published_on", models.DateField(null=True)),
                ("filed_on", models.DateField(null=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-changed_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "overall"), _negated=True),
                            ("state", "draft"),
                            ("approved_by__isnull", False),
                            _connector="OR",
                        ),
                        name="registers_overall_plan_is_approved_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            ("published_on__isnull", False),
                            _connector="OR",
                        ),
                        name="registers_published_plan_has_its_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanFiling",
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
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="registers.plan",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_filings",
                        to="parties.body",
                    ),
                ),
                ("on", models.DateField()),
            ],
            options={
                "ordering": ["on", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "by"), name="registers_filed_once_with_each"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DataStandard",
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
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standards",
                        to="parties.body",
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=300)),
                ("source", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("in_force", "In force"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=16,
                    ),
                ),
                ("in_force_from", models.DateField(null=True)),
                ("in_force_to", models.DateField(null=True)),
                (
                    "joined_by",
                    models.ManyToManyField(related_name="joined_standards", to="parties.body"),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "proposed"), ("in_force_from__isnull", False), _connector="OR"
                        ),
                        name="registers_standard_in_force_has_its_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), _negated=True),
                            ("in_force_to__gte", models.F("in_force_from")),
                            _connector="OR",
                        ),
                        name="registers_withdrawn_standard_has_its_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CodeList",
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
                    "standard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="code_lists",
                        to="registers.datastandard",
                    ),
                ),
                ("identifier", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["identifier"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("standard", "identifier"), name="registers_code_list_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CodeListVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="registers.codelist",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("values", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("list", "number"), name="registers_one_code_list_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DataElement",
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
                    "standard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="elements",
                        to="registers.datastandard",
                    ),
                ),
                ("identifier", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=300)),
                ("definition", models.TextField(blank=True)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("C", "Text"),
                            ("N", "Number"),
                            ("Y", "Money"),
                            ("D", "Date"),
                            ("T", "Moment"),
                            ("L", "Truth"),
                            ("M", "Note"),
                            ("G", "General"),
                            ("B", "Double"),
                            ("I", "Whole"),
                            ("F", "Float"),
                        ],
                        max_length=1,
                    ),
                ),
                ("length", models.CharField(blank=True, max_length=8)),
                ("domain", models.TextField(blank=True)),
                (
                    "code_list",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="elements",
                        to="registers.codelist",
                    ),
                ),
            ],
            options={
                "ordering": ["identifier"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("standard", "identifier"), name="registers_element_once"
                    )
                ],
            },
        ),
    ]
