import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# An entry's facts are repeated by the database, so that no way of writing one is forgotten.
REPEAT = """
CREATE FUNCTION catalog_repeat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_findable (
        entry_id, provider_id, revision_id, state, sharing_type, opening_type, title_protected_by,
        changed_at, classification, update_cycle, division, grade, themes, formats
    )
    VALUES (
        NEW.thing_id, NEW.provider_id, NEW.revision_id, NEW.state, NEW.sharing_type,
        NEW.opening_type, NEW.title_protected_by, NEW.changed_at, NEW.classification,
        NEW.update_cycle, NEW.division, NEW.grade, NEW.themes, NEW.formats
    )
    ON CONFLICT (entry_id) DO UPDATE SET
        provider_id = EXCLUDED.provider_id,
        revision_id = EXCLUDED.revision_id,
        state = EXCLUDED.state,
        sharing_type = EXCLUDED.sharing_type,
        opening_type = EXCLUDED.opening_type,
        title_protected_by = EXCLUDED.title_protected_by,
        changed_at = EXCLUDED.changed_at,
        classification = EXCLUDED.classification,
        update_cycle = EXCLUDED.update_cycle,
        division = EXCLUDED.division,
        grade = EXCLUDED.grade,
        themes = EXCLUDED.themes,
        formats = EXCLUDED.formats;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_repeat_new AFTER INSERT ON catalog_entry
FOR EACH ROW EXECUTE FUNCTION catalog_repeat();
CREATE TRIGGER catalog_repeat_changed AFTER UPDATE ON catalog_entry
FOR EACH ROW WHEN (
    (OLD.provider_id, OLD.revision_id, OLD.state, OLD.sharing_type, OLD.opening_type,
     OLD.title_protected_by, OLD.changed_at, OLD.classification, OLD.update_cycle, OLD.division,
     OLD.grade, OLD.themes, OLD.formats)
    IS DISTINCT FROM
    (NEW.provider_id, NEW.revision_id, NEW.state, NEW.sharing_type, NEW.opening_type,
     NEW.title_protected_by, NEW.changed_at, NEW.classification, NEW.update_cycle, NEW.division,
     NEW.grade, NEW.themes, NEW.formats)
) EXECUTE FUNCTION catalog_repeat();
"""
KEEP = """
INSERT INTO catalog_findable (
    entry_id, provider_id, revision_id, state, sharing_type, opening_type, title_protected_by,
    changed_at, classification, update_cycle, division, grade, themes, formats, uses, title_text,
    title_sound, seen_text, seen_tokens, whole_text, whole_tokens
)
SELECT thing_id, provider_id, revision_id, state, sharing_type, opening_type, title_protected_by,
    changed_at, classification, update_cycle, division, grade, themes, formats, uses, title_text,
    title_sound, seen_text, seen_tokens, whole_text, whole_tokens
FROM catalog_entry;
SET CONSTRAINTS ALL IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_search"),
        ("parties", "0004_tokens_of_citizens_names_in_english"),
    ]

    operations = [
        migrations.CreateModel(
            name="Findable",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="catalog.entry",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="parties.body",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.revision",
                    ),
                ),
                ("state", models.CharField(max_length=16)),
                ("sharing_type", models.CharField(max_length=16)),
                ("opening_type", models.CharField(max_length=16)),
                ("title_protected_by", models.TextField()),
                ("changed_at", models.DateTimeField()),
                ("classification", models.CharField(max_length=40)),
                ("update_cycle", models.CharField(max_length=16)),
                ("division", models.CharField(max_length=12)),
                ("grade", models.PositiveSmallIntegerField()),
                (
                    "themes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), default=list, size=None
                    ),
                ),
                (
                    "formats",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), default=list, size=None
                    ),
                ),
                ("uses", models.PositiveBigIntegerField(db_default=0)),
                ("title_text", models.TextField(db_default="")),
                ("title_sound", models.TextField(db_default="")),
                ("seen_text", models.TextField(db_default="")),
                (
                    "seen_tokens",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), db_default=[], size=None
                    ),
                ),
                ("whole_text", models.TextField(db_default="")),
                (
                    "whole_tokens",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), db_default=[], size=None
                    ),
                ),
            ],
        ),
        migrations.RunSQL(REPEAT),
        migrations.RunSQL(KEEP),
        migrations.RemoveIndex(
            model_name="entry",
            name="catalog_seen_words",
        ),
        migrations.RemoveIndex(
            model_name="entry",
            name="catalog_open_words",
        ),
        migrations.RemoveIndex(
            model_name="entry",
            name="catalog_other_words",
        ),
        migrations.RemoveIndex(
            model_name="entry",
            name="catalog_titles",
        ),
        migrations.RemoveIndex(
            model_name="entry",
            name="catalog_by_use",
        ),
        migrations.RemoveIndex(
            model_name="entry",
            name="catalog_by_title",
        ),
        migrations.RemoveField(
            model_name="entry",
            name="seen_text",
        ),
        migrations.RemoveField(
            model_name="entry",
            name="seen_tokens",
        ),
        migrations.RemoveField(
            model_name="entry",
            name="title_sound",
        ),
        migrations.RemoveField(
            model_name="entry",
            name="title_text",
        ),
        migrations.RemoveField(
            model_name="entry",
            name="uses",
        ),
        migrations.RemoveField(
            model_name="entry",
            name="whole_text",
        ),
        migrations.RemoveField(
            model_name="entry",
            name="whole_tokens",
        ),
        migrations.AddIndex(
            model_name="findable",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["seen_tokens"], name="catalog_seen_words"
            ),
        ),
        migrations.AddIndex(
            model_name="findable",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(
                    ("opening_type__in", ["unconditional", "conditional"]), ("state", "confirmed")
                ),
                fields=["whole_tokens"],
                name="catalog_open_words",
            ),
        ),
        migrations.AddIndex(
            model_name="findable",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(
                    ("opening_type__in", ["unconditional", "conditional"]),
                    ("state", "confirmed"),
                    _negated=True,
                ),
                fields=["whole_tokens"],
                name="catalog_other_words",
            ),
        ),
        migrations.AddIndex(
            model_name="findable",
            index=models.Index(
                fields=["title_text"], name="catalog_titles", opclasses=["text_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="findable",
            index=models.Index(fields=["-changed_at", "-entry"], name="catalog_found_by_change"),
        ),
        migrations.AddIndex(
            model_name="findable",
            index=models.Index(fields=["-uses", "-changed_at", "-entry"], name="catalog_by_use"),
        ),
        migrations.AddIndex(
            model_name="findable",
            index=models.Index(
                fields=["title_sound", "title_text", "entry"], name="catalog_by_title"
            ),
        ),
    ]
