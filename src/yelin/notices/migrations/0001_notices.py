import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("notices", "0001_notices_channels_feeds"),
        ("notices", "0002_words_of_notices"),
        ("notices", "0003_indexes_for_forgetting"),
    ]

    initial = True

    dependencies = [
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="things.thing",
                    ),
                ),
                (
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="things.thing",
                    ),
                ),
                ("event", models.CharField(max_length=64)),
                ("words", models.CharField(max_length=300)),
                ("params", models.JSONField(default=dict)),
                ("once", models.CharField(blank=True, max_length=80)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["to", "-at"], name="notices_inbox"),
                    models.Index(
                        condition=models.Q(("read_at", None)), fields=["to"], name="notices_unread"
                    ),
                    models.Index(
                        condition=models.Q(("read_at__isnull", False)),
                        fields=["read_at"],
                        name="notices_read",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("once", ""), _negated=True),
                        fields=("to", "event", "once"),
                        name="notices_told_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Channel",
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channels",
                        to="things.thing",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="things.thing",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("mail", "Mail"), ("sms", "Text message"), ("webhook", "Webhook")],
                        max_length=16,
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=2000)),
                ("language", models.CharField(max_length=8)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("all", "Everything"),
                            ("urgent", "Only what asks for something to be done"),
                        ],
                        max_length=8,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("person", "kind", "address"),
                        name="notices_one_open_channel",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), models.Q(("address", ""), _negated=True)),
                            models.Q(("address", ""), ("closed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="notices_closed_has_no_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "webhook"), _negated=True),
                            ("body__isnull", False),
                            _connector="OR",
                        ),
                        name="notices_webhook_goes_out_for_a_body",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notices.notice",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="notices.channel",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("dead", "Given up")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=16)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting"), _negated=True),
                        fields=["changed_at"],
                        name="notices_settled",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sent"), _negated=True),
                        fields=["state"],
                        name="notices_unsent",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("notice", "channel"), name="notices_one_delivery"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Feed",
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
                ("hint", models.CharField(max_length=12)),
                ("digest", models.BinaryField(unique=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feeds",
                        to="things.thing",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
