"""Who examines a case may be another than who handles it; until now it was the same."""

import django.db.models.deletion
from django.db import migrations, models


def _examiner(**more: bool) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="cases_examined",
        to="parties.body",
        **more,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_those_who_have_steps"),
        ("gate", "0003_matters_of_grants"),
        ("parties", "0001_bodies_people_seats_tokens"),
    ]

    operations = [
        migrations.AddField("case", "examiner", _examiner(null=True)),
        migrations.RunSQL("UPDATE cases_case SET examiner_id = handler_id", migrations.RunSQL.noop),
        migrations.AlterField("case", "examiner", _examiner()),
        migrations.AlterField(
            model_name="message",
            name="by",
            field=models.CharField(
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
    ]
