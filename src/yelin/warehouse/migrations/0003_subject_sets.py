import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0008_by_consent"),
        ("warehouse", "0002_newest"),
    ]

    operations = [
        migrations.CreateModel(
            name="SubjectSet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("item", models.CharField(max_length=200)),
                (
                    "uses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("state", models.BigIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subject_sets",
                        to="catalog.entry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SubjectMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.UUIDField()),
                ("agrees", models.BooleanField()),
                ("state", models.BigIntegerField()),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="warehouse.subjectset",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="subjectset",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["entry"],
                name="warehouse_living_sets",
            ),
        ),
        migrations.AddIndex(
            model_name="subjectmark",
            index=models.Index(fields=["of", "state"], name="warehouse_marks_by_state"),
        ),
        migrations.AddConstraint(
            model_name="subjectmark",
            constraint=models.UniqueConstraint(fields=("of", "mark"), name="warehouse_mark_once"),
        ),
    ]
