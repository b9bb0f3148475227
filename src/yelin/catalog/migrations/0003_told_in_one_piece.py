from django.db import migrations
from django.db.models import BinaryField, F, Func, GeneratedField

ALIKE = """
CREATE FUNCTION catalog_alike(said text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT (
        'x' || left(encode(sha256(convert_to(ROW(said)::text, 'UTF8')), 'hex'), 16)
    )::bit(64)::bigint;
END
"""
# All that a hit tells, in one piece: each is as long as any other.
TOLD = """
CREATE FUNCTION catalog_told(
    entry uuid, provider uuid, changed timestamptz, uses bigint, social boolean, opening text,
    sharing text, state text, protected text, cycle text, grade smallint, formats text[],
    themes text[], division text, classification text
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT uuid_send(entry) || uuid_send(provider) || timestamptz_send(changed) || int8send(uses)
        || int8send(catalog_alike(social, opening, sharing, state, protected))
        || int8send(catalog_alike(social, opening, sharing, cycle, grade, formats))
        || int8send(catalog_alike(themes))
        || int8send(catalog_alike(division))
        || int8send(catalog_alike(left(classification, 3)));
END
"""
# The table anew, as before: what is asked of ten thousand rows comes first.
ANEW = """
CREATE TABLE catalog_findable_anew (
    entry_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    uses bigint NOT NULL DEFAULT 0 CONSTRAINT catalog_findable_uses_check CHECK (uses >= 0),
    alike_seen bigint GENERATED ALWAYS AS (catalog_alike(
        social, opening_type, sharing_type, state, title_protected_by
    )) STORED,
    grade smallint NOT NULL CONSTRAINT catalog_findable_grade_check CHECK (grade >= 0),
    social boolean NOT NULL DEFAULT false,
    told bytea GENERATED ALWAYS AS (catalog_told(
        entry_id, provider_id, changed_at, uses, social, opening_type, sharing_type, state,
        title_protected_by, update_cycle, grade, formats, themes, division, classification
    )) STORED,
    title_text text NOT NULL DEFAULT '',
    seen_text text NOT NULL DEFAULT '',
    state varchar(16) NOT NULL,
    opening_type varchar(16) NOT NULL,
    revision_id bigint,
    division varchar(12) NOT NULL,
    classification varchar(40) NOT NULL,
    sharing_type varchar(16) NOT NULL,
    title_protected_by text NOT NULL,
    update_cycle varchar(16) NOT NULL,
    themes varchar(300)[] NOT NULL,
    formats varchar(300)[] NOT NULL,
    title_sound text NOT NULL DEFAULT '',
    seen_tokens text[] NOT NULL DEFAULT '{}',
    whole_text text NOT NULL DEFAULT '',
    whole_tokens text[] NOT NULL DEFAULT '{}'
) WITH (toast_tuple_target = 600);
ALTER TABLE catalog_findable_anew ALTER told SET STORAGE MAIN,
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
BEFORE = """
ALTER TABLE catalog_findable
    ADD alike bigint GENERATED ALWAYS AS (catalog_alike(
        social, opening_type, sharing_type, update_cycle, grade, formats
    )) STORED,
    ADD alike_themes bigint GENERATED ALWAYS AS (catalog_alike(themes)) STORED,
    DROP told
"""
_OF = (
    "entry_id", "provider_id", "changed_at", "uses", "social", "opening_type", "sharing_type",
    "state", "title_protected_by", "update_cycle", "grade", "formats", "themes", "division",
    "classification",
)  # fmt: skip
_FIELD = GeneratedField(
    expression=Func(*map(F, _OF), function="catalog_told"),
    output_field=BinaryField(),
    db_persist=True,
)


def _index(apps, schema_editor):
    findable = apps.get_model("catalog", "Findable")
    for index in findable._meta.indexes:
        schema_editor.add_index(findable, index)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_threes_and_numbers")]

    operations = [
        migrations.RunSQL(ALIKE, "DROP FUNCTION catalog_alike(text)"),
        migrations.RunSQL(TOLD, "DROP FUNCTION catalog_told"),
        migrations.RunSQL(
            ANEW,
            BEFORE,
            state_operations=[
                migrations.RemoveField(model_name="findable", name="alike"),
                migrations.RemoveField(model_name="findable", name="alike_themes"),
                migrations.AddField(model_name="findable", name="told", field=_FIELD),
            ],
        ),
        migrations.RunPython(_index, migrations.RunPython.noop),
    ]
