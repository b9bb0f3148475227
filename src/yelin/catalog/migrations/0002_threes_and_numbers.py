from django.db import migrations
from django.db.models import BigIntegerField, F, Func, GeneratedField

# What is told is written as a row, so that no two sayings are written alike; whatever it is made of
# is written the same under any setting. Nobody finds another saying of a given number by trying.
NUMBER = """
CREATE FUNCTION catalog_alike({takes}) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT (
        'x' || left(encode(sha256(convert_to(ROW({names})::text, 'UTF8')), 'hex'), 16)
    )::bit(64)::bigint;
END
"""
TAKEN = (
    {
        "social": "boolean", "opening": "text", "sharing": "text", "cycle": "text",
        "grade": "smallint", "formats": "text[]",
    },
    {
        "social": "boolean", "opening": "text", "sharing": "text", "state": "text",
        "protected": "text",
    },
    {"themes": "text[]"},
)  # fmt: skip
# The table anew: a column is found at once where all before it have a length of their own, so what
# is asked of ten thousand rows comes first.
ANEW = """
CREATE TABLE catalog_findable_anew (
    entry_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    uses bigint NOT NULL DEFAULT 0 CONSTRAINT catalog_findable_uses_check CHECK (uses >= 0),
    alike bigint GENERATED ALWAYS AS (catalog_alike(
        social, opening_type, sharing_type, update_cycle, grade, formats
    )) STORED,
    alike_seen bigint GENERATED ALWAYS AS (catalog_alike(
        social, opening_type, sharing_type, state, title_protected_by
    )) STORED,
    alike_themes bigint GENERATED ALWAYS AS (catalog_alike(themes)) STORED,
    grade smallint NOT NULL CONSTRAINT catalog_findable_grade_check CHECK (grade >= 0),
    social boolean NOT NULL DEFAULT false,
    revision_id bigint,
    division varchar(12) NOT NULL,
    classification varchar(40) NOT NULL,
    title_text text NOT NULL DEFAULT '',
    seen_text text NOT NULL DEFAULT '',
    state varchar(16) NOT NULL,
    opening_type varchar(16) NOT NULL,
    sharing_type varchar(16) NOT NULL,
    title_protected_by text NOT NULL,
    update_cycle varchar(16) NOT NULL,
    themes varchar(300)[] NOT NULL,
    formats varchar(300)[] NOT NULL,
    title_sound text NOT NULL DEFAULT '',
    seen_tokens text[] NOT NULL DEFAULT '{}',
    whole_text text NOT NULL DEFAULT '',
    whole_tokens text[] NOT NULL DEFAULT '{}'
) WITH (toast_tuple_target = 512);
ALTER TABLE catalog_findable_anew
    ALTER title_text SET STORAGE MAIN, ALTER title_protected_by SET STORAGE MAIN;
INSERT INTO catalog_findable_anew (
    entry_id, provider_id, changed_at, uses, grade, social, division, classification, title_text,
    state, opening_type, sharing_type, title_protected_by, update_cycle, themes, formats,
    title_sound, seen_text, seen_tokens, whole_text, whole_tokens, revision_id
)
SELECT
    entry_id, provider_id, changed_at, uses, grade, social, division, classification, title_text,
    state, opening_type, sharing_type, title_protected_by, update_cycle, themes, formats,
    title_sound, seen_text, seen_tokens, whole_text, whole_tokens, revision_id
FROM catalog_findable;
DROP TABLE catalog_findable;
ALTER TABLE catalog_findable_anew RENAME TO catalog_findable;
ALTER TABLE catalog_findable
    ADD CONSTRAINT catalog_findable_pkey PRIMARY KEY (entry_id),
    ADD CONSTRAINT catalog_findable_entry_id_b64caad8_fk_catalog_entry_thing_id
        FOREIGN KEY (entry_id) REFERENCES catalog_entry DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX catalog_findable_provider_id_52be2bcd ON catalog_findable (provider_id);
CREATE STATISTICS catalog_facets_known ON (catalog_facets(
    provider_id, social, opening_type, sharing_type, division, update_cycle, grade, classification,
    themes, formats
)) FROM catalog_findable
"""
# All words are found by pieces of three signs too: whatever there is awaits its new words.
REWORD = (
    "INSERT INTO catalog_rewording SELECT entry_id FROM catalog_findable ON CONFLICT DO NOTHING"
)


def _number(taken: dict[str, str]) -> migrations.RunSQL:
    takes = ", ".join(f"{name} {kind}" for name, kind in taken.items())
    return migrations.RunSQL(
        NUMBER.format(takes=takes, names=", ".join(taken)),
        f"DROP FUNCTION catalog_alike({', '.join(taken.values())})",
    )


def _alike(name: str, *told: str) -> migrations.AddField:
    expression = Func(*map(F, told), function="catalog_alike")
    field = GeneratedField(expression=expression, output_field=BigIntegerField(), db_persist=True)
    return migrations.AddField(model_name="findable", name=name, field=field)


def _index(apps, schema_editor):
    findable = apps.get_model("catalog", "Findable")
    for index in findable._meta.indexes:
        schema_editor.add_index(findable, index)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_catalog")]

    operations = [
        *map(_number, TAKEN),
        migrations.RunSQL(
            ANEW,
            "ALTER TABLE catalog_findable DROP alike, DROP alike_seen, DROP alike_themes",
            state_operations=[
                _alike(
                    "alike", "social", "opening_type", "sharing_type", "update_cycle", "grade",
                    "formats",
                ),
                _alike(
                    "alike_seen", "social", "opening_type", "sharing_type", "state",
                    "title_protected_by",
                ),
                _alike("alike_themes", "themes"),
            ],
        ),
        migrations.RunPython(_index, migrations.RunPython.noop),
        migrations.RunSQL(REWORD, migrations.RunSQL.noop),
    ]  # fmt: skip
