from decimal import Decimal

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("gate", "0001_gate")]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="thinned",
            field=models.DecimalField(decimal_places=4, default=Decimal(0), max_digits=4),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                name="gate_thinned_as_agreed",
                condition=Q(thinned=0)
                | Q(thinned__gt=0, thinned__lte=Decimal("0.05"), given_in__isnull=False),
            ),
        ),
    ]
