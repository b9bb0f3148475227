import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("delivery", "0001_tallies"),
        ("delivery", "0002_deliveries_dockets_pace"),
        ("delivery", "0003_streams"),
        ("delivery", "0004_subscriptions"),
        ("delivery", "0005_what_was_sent"),
        ("delivery", "0006_kept_for_a_term"),
        ("delivery", "0007_verification"),
        ("delivery", "0008_what_is_under_check"),
        ("delivery", "0009_calls_of_services"),
        ("delivery", "0010_changes_to_subscribers"),
    ]

    initial = True

    dependencies = [
        ("cases", "0001_cases"),
        ("catalog", "0001_catalog"),
        ("gate", "0001_gate"),
        ("keys", "0001_data_keys"),
        ("parties", "0001_parties"),
        ("things", "0001_things"),
        ("warehouse", "0001_warehouse"),
    ]

    operations = [
        migrations.CreateModel(
            name="Docket",
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
                        related_name="dockets",
                        to="catalog.entry",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dockets",
                        to="gate.grant",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dockets",
                        to="parties.seat",
                    ),
                ),
                ("until", models.DateTimeField()),
                ("finished", models.PositiveIntegerField()),
                ("cut", models.PositiveIntegerField()),
                ("root", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("grant", None), ("seat__isnull", False)),
                            models.Q(("grant__isnull", False), ("seat", None)),
                            _connector="OR",
                        ),
                        name="delivery_docket_of_grant_or_seat",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                        related_name="deliveries",
                        to="catalog.entry",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="warehouse.release",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="gate.grant",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="things.thing",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="parties.seat",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="parties.person",
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=80)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("query", "Page of rows"),
                            ("download", "Download"),
                            ("verify", "Verification"),
                            ("call", "Call of a service"),
                            ("push", "Sent to a subscriber"),
                        ],
                        max_length=16,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("begun", "Under way"),
                            ("finished", "Delivered"),
                            ("cut", "Cut off"),
                        ],
                        default="begun",
                        max_length=8,
                    ),
                ),
                ("rows", models.BigIntegerField(default=0)),
                ("size", models.BigIntegerField(null=True)),
                ("actor", models.JSONField()),
                ("asked", models.BinaryField(max_length=32)),
                ("asked_salt", models.BinaryField(max_length=16)),
                ("answer", models.BinaryField(max_length=32, null=True)),
                ("payload", models.JSONField(default=dict)),
                ("salt", models.BinaryField(max_length=16)),
                ("h", models.BinaryField(max_length=32, null=True, unique=True)),
                (
                    "docket",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="delivery.docket",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("docket", None), ("ended_at__isnull", False)),
                        fields=["ended_at"],
                        name="delivery_unlisted",
                    ),
                    models.Index(
                        condition=models.Q(("docket__isnull", False)),
                        fields=["ended_at"],
                        name="delivery_listed",
                    ),
                    models.Index(
                        condition=models.Q(("outcome", "begun")),
                        fields=["seen_at"],
                        name="delivery_begun",
                    ),
                    models.Index(fields=["entry", "-begun_at"], name="delivery_of_entry"),
                    models.Index(fields=["party", "-begun_at"], name="delivery_to_party"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("docket", None),
                                ("ended_at", None),
                                ("h", None),
                                ("outcome", "begun"),
                            ),
                            models.Q(
                                ("ended_at__gte", models.F("begun_at")),
                                ("h__isnull", False),
                                ("outcome__in", ["finished", "cut"]),
                            ),
                            _connector="OR",
                        ),
                        name="delivery_ended_is_committed_to",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grant__isnull", False), ("seat__isnull", False), _connector="OR"
                        ),
                        name="delivery_by_grant_or_to_seat",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "call"), ("release", None)),
                            models.Q(
                                models.Q(("channel", "call"), _negated=True),
                                ("answer", None),
                                ("release__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="delivery_of_a_release_or_a_call",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Taken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken",
                        to="catalog.entry",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken",
                        to="warehouse.release",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken",
                        to="things.thing",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken",
                        to="gate.grant",
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=80)),
                ("delivered", models.BigIntegerField()),
                ("cut", models.BigIntegerField()),
                ("rows", models.BigIntegerField()),
                ("size", models.BigIntegerField()),
                ("first", models.DateTimeField()),
                ("last", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "taken",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "release", "party", "grant", "purpose"),
                        name="delivery_taken_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Forgetting",
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
                        related_name="forgettings",
                        to="catalog.entry",
                    ),
                ),
                ("before", models.DateField()),
                ("calls", models.PositiveIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="doubted",
                        to="cases.case",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="catalog.entry",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.release",
                    ),
                ),
                ("items", models.JSONField(default=list)),
                (
                    "sealed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="keys.datakey",
                    ),
                ),
                ("record_kept", models.JSONField(null=True)),
                ("digest", models.BinaryField(max_length=32, null=True)),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("since__isnull", False), ("until", None)),
                        fields=["entry"],
                        name="delivery_under_check",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None),
                            models.Q(("since__isnull", False), ("until__gte", models.F("since"))),
                            _connector="OR",
                        ),
                        name="delivery_check_ends_after_it_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("digest", None), ("record_kept", None)),
                            models.Q(("digest__isnull", False), ("sealed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="delivery_check_names_a_record_under_seal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Kept",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=64, unique=True)),
                (
                    "release",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.release",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.upload",
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
                ("rows", models.BigIntegerField()),
                ("size", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "kept",
                "indexes": [models.Index(fields=["used_at"], name="delivery_kept_used")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("release", None), ("upload__isnull", False)),
                            models.Q(("release__isnull", False), ("upload", None)),
                            _connector="OR",
                        ),
                        name="delivery_kept_of_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.entry",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.release",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warehouse.upload",
                    ),
                ),
                ("asked", models.BinaryField()),
                ("bears", models.CharField(max_length=64)),
                ("purpose", models.CharField(blank=True, max_length=80)),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="gate.grant",
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
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.person",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.token",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="delivery.delivery",
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("arrived", models.JSONField(default=list)),
                ("sent", models.JSONField(default=dict)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["seen_at"], name="delivery_ticket_seen")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("release", None), ("upload__isnull", False)),
                            models.Q(("release__isnull", False), ("upload", None)),
                            _connector="OR",
                        ),
                        name="delivery_ticket_of_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
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
                        related_name="subscriptions",
                        to="catalog.entry",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="parties.seat",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=2000)),
                (
                    "wants",
                    models.CharField(
                        choices=[
                            ("news", "News of each release"),
                            ("changes", "The changed rows of each release"),
                        ],
                        default="news",
                        max_length=8,
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=80)),
                ("opened_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("lapsed", models.BooleanField(default=False)),
                ("told", models.PositiveIntegerField(default=0)),
                ("redactions", models.PositiveIntegerField(null=True)),
                ("bears", models.CharField(blank=True, max_length=64)),
                ("step", models.CharField(blank=True, max_length=64)),
                ("part", models.PositiveIntegerField(default=0)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=16)),
                ("answered_at", models.DateTimeField(null=True)),
                ("succeeded_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("entry", "seat", "address"),
                        name="delivery_one_live_subscription",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), models.Q(("address", ""), _negated=True)),
                            models.Q(("address", ""), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="delivery_ended_has_no_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="delivery.subscription",
                    ),
                ),
                ("number", models.CharField(max_length=160)),
                ("release", models.PositiveIntegerField()),
                ("part", models.PositiveIntegerField(default=0)),
                ("failure", models.CharField(max_length=16)),
                ("dead_at", models.DateTimeField()),
                ("tried_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": [
                    models.OrderBy(models.F("settled_at"), descending=True, nulls_first=True),
                    "-dead_at",
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at", None)),
                        fields=("subscription",),
                        name="delivery_one_dead_letter",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
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
                ("hour", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tallies",
                        to="catalog.entry",
                    ),
                ),
                ("queries", models.BigIntegerField(default=0)),
                ("downloads", models.BigIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)),
                        fields=["hour"],
                        name="delivery_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "hour"), name="delivery_one_tally")
                ],
            },
        ),
        migrations.CreateModel(
            name="Pace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("of", models.BinaryField(max_length=32)),
                ("hour", models.DateTimeField()),
                ("used", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("of", "hour"), name="delivery_one_pace")
                ],
            },
        ),
    ]
