import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("outbound", "0001_egress_rules"),
        ("outbound", "0002_last_use_of_rules"),
        ("outbound", "0003_data_that_is_fetched"),
        ("outbound", "0004_services_that_are_called"),
    ]

    initial = True

    dependencies = [
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="EgressRule",
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
                        related_name="egress_rules",
                        to="things.thing",
                    ),
                ),
                ("host", models.CharField(max_length=255)),
                ("port", models.PositiveIntegerField()),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("notice", "Notices by webhook"),
                            ("delivery", "Data that is pushed"),
                            ("harvest", "Catalogs that are harvested"),
                            ("pull", "Data that is fetched in turn"),
                            ("relay", "Services that are called"),
                        ],
                        max_length=16,
                    ),
                ),
                ("until", models.DateField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="things.thing",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("allowed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("used_on", models.DateField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["body", "purpose"],
                        name="outbound_in_force",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("port__range", (1, 65535))), name="outbound_port_is_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allowed_at", None),
                            ("allowed_at__gte", models.F("asked_at")),
                            _connector="OR",
                        ),
                        name="outbound_allowed_after_asked",
                    ),
                ],
            },
        ),
    ]
