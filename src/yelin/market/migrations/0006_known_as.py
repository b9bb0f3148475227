from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("market", "0005_acceptance")]

    operations = [
        migrations.AddField(
            model_name="negotiation",
            name="known_as",
            field=models.CharField(blank=True, max_length=200, default=""),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="negotiation",
            constraint=models.UniqueConstraint(
                name="market_negotiation_known_once",
                fields=["consumer", "known_as"],
                condition=~Q(known_as=""),
            ),
        ),
    ]
