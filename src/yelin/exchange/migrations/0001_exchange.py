import django.db.models.deletion
from django.db import migrations, models

import yelin.exchange.answering


class Migration(migrations.Migration):
    replaces = [
        ("exchange", "0001_extracts"),
        ("exchange", "0002_answering"),
        ("exchange", "0003_services"),
    ]

    initial = True

    dependencies = [
        ("catalog", "0001_catalog"),
        ("keys", "0001_data_keys"),
        ("parties", "0001_parties"),
        ("registers", "0001_registers"),
        ("things", "0001_things"),
        ("warehouse", "0001_warehouse"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answering",
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
                        related_name="answering",
                        to="catalog.entry",
                    ),
                ),
                ("tells_missing", models.BooleanField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("of", models.BinaryField(max_length=32)),
                ("hour", models.DateTimeField()),
                ("asked", models.PositiveIntegerField()),
                ("missed", models.PositiveIntegerField()),
                ("keys", yelin.exchange.answering.Bits()),
                ("stems", yelin.exchange.answering.Bits()),
                ("level", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "watches",
                "constraints": [
                    models.UniqueConstraint(fields=("of", "hour"), name="exchange_one_watch")
                ],
            },
        ),
        migrations.CreateModel(
            name="Service",
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
                        related_name="services",
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
                    "system",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="registers.governmentsystem",
                    ),
                ),
                ("content_kept", models.JSONField()),
                (
                    "sealed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="keys.datakey",
                    ),
                ),
                ("said_kept", models.JSONField()),
                ("offered_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("entry",),
                        name="exchange_one_service_of_an_entry",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Circuit",
            fields=[
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="circuit",
                        serialize=False,
                        to="exchange.service",
                    ),
                ),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failed_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, max_length=16)),
                ("opened_at", models.DateTimeField(null=True)),
                ("trying_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MessageKey",
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
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="message_keys",
                        to="parties.token",
                    ),
                ),
                ("name", models.CharField(max_length=43)),
                ("public", models.BinaryField(max_length=32)),
                ("registered_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("token", "name"),
                        name="exchange_one_live_message_key",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Seen",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "seen",
                "indexes": [models.Index(fields=["until"], name="exchange_seen_until")],
            },
        ),
        migrations.CreateModel(
            name="Seal",
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
                        related_name="seals",
                        to="parties.body",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("chain", models.TextField()),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("until", models.DateTimeField()),
                (
                    "sealed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="keys.datakey",
                    ),
                ),
                ("key", models.BinaryField()),
                ("brought_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("body",),
                        name="exchange_one_seal_of_a_body",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Extract",
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
                        related_name="extracts",
                        to="catalog.entry",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extracts",
                        to="parties.seat",
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=80)),
                ("asked_at", models.DateTimeField()),
                (
                    "sealed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="keys.datakey",
                    ),
                ),
                ("sought_kept", models.JSONField()),
                ("number", models.CharField(max_length=24, null=True, unique=True)),
                ("issued_at", models.DateTimeField(null=True)),
                (
                    "release",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.release",
                    ),
                ),
                ("rows", models.PositiveIntegerField(default=0)),
                ("says_kept", models.JSONField(null=True)),
                ("salt", models.BinaryField(max_length=16)),
                ("digest", models.BinaryField(max_length=32, null=True, unique=True)),
                (
                    "seal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extracts",
                        to="exchange.seal",
                    ),
                ),
                ("certificate", models.BinaryField(max_length=32, null=True)),
                ("paper", models.BinaryField(null=True)),
                ("statement", models.BinaryField(null=True)),
                ("paper_digest", models.BinaryField(max_length=32, null=True, unique=True)),
                ("statement_digest", models.BinaryField(max_length=32, null=True, unique=True)),
                ("compared", models.PositiveIntegerField(default=0)),
                ("changed_in", models.PositiveIntegerField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_because", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "indexes": [models.Index(fields=["seat", "-asked_at"], name="exchange_extracts")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("digest", None),
                                ("issued_at", None),
                                ("number", None),
                                ("release", None),
                            ),
                            models.Q(
                                ("certificate__isnull", False),
                                ("digest__isnull", False),
                                ("issued_at__gte", models.F("asked_at")),
                                ("number__isnull", False),
                                ("release__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="exchange_issued_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revoked_at", None),
                            models.Q(
                                ("issued_at__isnull", False),
                                ("paper", None),
                                ("revoked_at__isnull", False),
                                ("statement", None),
                            ),
                            _connector="OR",
                        ),
                        name="exchange_revoked_keeps_nothing",
                    ),
                ],
            },
        ),
    ]
