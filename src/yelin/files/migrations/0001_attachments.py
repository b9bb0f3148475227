import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("keys", "0001_data_keys"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
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
                ("side", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=8)),
                ("size", models.BigIntegerField()),
                ("said_kept", models.JSONField()),
                ("digest", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "about",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="things.thing",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attached",
                        to="things.thing",
                    ),
                ),
                (
                    "sealed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="keys.datakey",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "pdf",
                                    "ofd",
                                    "docx",
                                    "xlsx",
                                    "pptx",
                                    "odt",
                                    "ods",
                                    "odp",
                                    "jpeg",
                                    "png",
                                    "webp",
                                    "text",
                                ],
                            )
                        ),
                        name="files_attachment_is_of_a_kind",
                    )
                ],
            },
        ),
    ]
