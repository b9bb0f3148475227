import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("ledger", "0001_leaves_tiles_checkpoints"),
        ("ledger", "0002_shredding_batches"),
        ("ledger", "0003_losses_begin_eras"),
    ]

    initial = True

    dependencies = [
        ("parties", "0001_parties"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Leaf",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("index", models.BigIntegerField(null=True, unique=True)),
                ("h", models.BinaryField(max_length=32, unique=True)),
                ("salt", models.BinaryField(max_length=16)),
                ("payload", models.JSONField()),
                ("act", models.CharField(max_length=64)),
                ("duty", models.CharField(max_length=64)),
                ("refused", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to="things.thing",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.body",
                    ),
                ),
                ("shredded_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "leaves",
                "indexes": [
                    models.Index(
                        condition=models.Q(("index", None)), fields=["id"], name="ledger_pending"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("index__gte", 0)), name="ledger_index_from_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("shredded_at", None),
                            models.Q(
                                ("act", ""),
                                ("body", None),
                                ("duty", ""),
                                ("index__isnull", False),
                                ("payload", {}),
                                ("salt", b""),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_shredded_keeps_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shredding",
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
                    "leaf",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="ledger.leaf"
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("purpose_met", "The purpose is met, or can no longer be"),
                            ("term_ended", "The service has ended, or the term of keeping"),
                            ("consent_withdrawn", "The person has withdrawn consent"),
                            ("unlawful", "It was handled against the law or an agreement"),
                            ("other_law", "Another law or administrative regulation says so"),
                        ],
                        max_length=32,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ground__in",
                                [
                                    "purpose_met",
                                    "term_ended",
                                    "consent_withdrawn",
                                    "unlawful",
                                    "other_law",
                                ],
                            )
                        ),
                        name="ledger_ground_is_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "about",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="things.thing",
                    ),
                ),
                ("hashes", models.BinaryField()),
            ],
            options={
                "verbose_name_plural": "batches",
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("level", "index"), name="ledger_one_tile")
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("era", models.PositiveSmallIntegerField(default=0)),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "get_latest_by": "size",
                "constraints": [
                    models.UniqueConstraint(fields=("era", "size"), name="ledger_one_head")
                ],
            },
        ),
        migrations.CreateModel(
            name="Loss",
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
                ("era", models.PositiveSmallIntegerField(unique=True)),
                ("vkey", models.TextField()),
                ("note", models.TextField()),
                ("kept", models.BigIntegerField()),
                ("agreed", models.BigIntegerField()),
                ("findings", models.JSONField()),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("restored", "The database was restored from an older copy"),
                            ("damaged", "Disk or database were damaged"),
                            ("tampered", "Somebody changed the database"),
                            ("unknown", "Nobody knows yet"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "losses",
                "ordering": ["era"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("agreed__lte", models.F("kept")), ("era__gte", 1)),
                        name="ledger_loss_begins_an_era",
                    )
                ],
            },
        ),
    ]
