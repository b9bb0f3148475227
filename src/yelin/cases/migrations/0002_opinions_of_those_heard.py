from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_cases_steps_messages")]

    operations = [
        migrations.AddField(
            model_name="caseparty",
            name="agrees",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="caseparty",
            name="spoke_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="caseparty",
            constraint=models.CheckConstraint(
                name="cases_heard_spoke_and_agrees_or_not",
                condition=Q(agrees=None, spoke_at=None)
                | Q(agrees__isnull=False, spoke_at__isnull=False),
            ),
        ),
    ]
