from django.contrib.postgres.indexes import GinIndex
from django.db import migrations
from django.db.models import Index, Q

READ_BY_EVERYONE = Q(state="confirmed", opening_type__in=["unconditional", "conditional"])


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_social_data")]

    operations = [
        migrations.RemoveIndex(model_name="findable", name="catalog_seen_words"),
        migrations.AddIndex(
            model_name="findable",
            index=GinIndex(
                name="catalog_seen_words", fields=["seen_tokens"], condition=~READ_BY_EVERYONE
            ),
        ),
        *(
            migrations.AddIndex(model_name="findable", index=index)
            for index in (
                GinIndex(name="catalog_by_theme", fields=["themes"]),
                Index(name="catalog_by_division", fields=["division"]),
                Index(name="catalog_by_cycle", fields=["update_cycle"]),
                Index(
                    name="catalog_by_class",
                    fields=["classification"],
                    opclasses=["varchar_pattern_ops"],
                ),
            )
        ),
        # What is long lies out of the row, so that a page holds many; what is looked at does not.
        migrations.RunSQL(
            "ALTER TABLE catalog_entry RESET (toast_tuple_target);"
            "ALTER TABLE catalog_findable SET (toast_tuple_target = 512);"
            "ALTER TABLE catalog_findable ALTER title_text SET STORAGE MAIN,"
            " ALTER title_protected_by SET STORAGE MAIN",
            migrations.RunSQL.noop,
        ),
        # Titles are found among all words too: whatever there is awaits its new words.
        migrations.RunSQL(
            "INSERT INTO catalog_rewording SELECT entry_id FROM catalog_findable"
            " ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        ),
    ]
