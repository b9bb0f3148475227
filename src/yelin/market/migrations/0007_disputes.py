import django.db.models.deletion
from django.db import migrations, models

STAYS = """
CREATE TRIGGER market_statement_stays BEFORE UPDATE OR DELETE ON market_statement
    FOR EACH ROW EXECUTE FUNCTION market_never_changes();
CREATE TRIGGER market_dispute_is_kept BEFORE DELETE ON market_dispute
    FOR EACH ROW EXECUTE FUNCTION market_never_changes();
"""
GOES = """
DROP TRIGGER market_dispute_is_kept ON market_dispute;
DROP TRIGGER market_statement_stays ON market_statement;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("market", "0006_known_as"),
        ("parties", "0004_identities"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispute",
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
                ("number", models.CharField(max_length=24, unique=True)),
                (
                    "side",
                    models.CharField(
                        choices=[("provider", "Provider"), ("consumer", "Consumer")], max_length=16
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("quality", "Quality"),
                            ("delivery", "Delivery"),
                            ("price", "Price"),
                            ("use", "Use"),
                            ("security", "Security"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("clauses", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("answering", "Answering"),
                            ("mediating", "Mediating"),
                            ("settled", "Settled"),
                            ("withdrawn", "Withdrawn"),
                            ("referred", "Referred"),
                        ],
                        max_length=16,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="market.contract",
                    ),
                ),
                (
                    "mediator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.body",
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at", "-number"],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("provider", "Provider"),
                            ("consumer", "Consumer"),
                            ("platform", "Platform"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("claim", "Claim"),
                            ("answer", "Answer"),
                            ("words", "Words"),
                            ("proposal", "Proposal"),
                            ("closing", "Closing words"),
                        ],
                        max_length=16,
                    ),
                ),
                ("content", models.JSONField()),
                ("salt", models.BinaryField(max_length=16)),
                ("digest", models.BinaryField(max_length=32)),
                ("said_at", models.DateTimeField()),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="market.dispute",
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
            ],
            options={
                "ordering": ["place"],
            },
        ),
        migrations.AddField(
            model_name="dispute",
            name="agreed",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="settles",
                to="market.statement",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                fields=("dispute", "place"), name="market_statements_one_after_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["answering", "mediating"])),
                fields=("contract", "side", "about"),
                name="market_one_dispute_of_a_kind_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state__in", ["answering", "mediating"])),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("state__in", ["settled", "withdrawn", "referred"]),
                    ),
                    _connector="OR",
                ),
                name="market_dispute_ended_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreed__isnull", False), ("state", "settled")),
                    models.Q(models.Q(("state", "settled"), _negated=True), ("agreed", None)),
                    _connector="OR",
                ),
                name="market_dispute_settled_by_what_both_agreed_to",
            ),
        ),
        migrations.RunSQL(STAYS, GOES),
    ]
