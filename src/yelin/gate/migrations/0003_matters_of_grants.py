"""A grant names the matter in which somebody asked for it; until now its purpose alone did."""

import django.db.models.deletion
from django.db import migrations, models

_FROM_PURPOSES = """
    UPDATE gate_grant SET given_in_id = thing.id FROM things_thing AS thing
     WHERE thing.kind = 'case'
       AND 'case.' || replace(lower(thing.code), '-', '.') = ANY (gate_grant.purposes)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("gate", "0002_reasons_of_revoking"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="given_in",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants_given",
                to="things.thing",
            ),
        ),
        migrations.RunSQL(_FROM_PURPOSES, migrations.RunSQL.noop),
    ]
