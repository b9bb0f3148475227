from uuid import UUID

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations
from django.db.models import F, Func, Q

# As before, without the part in which a row is: of how many there are a sample tells.
FACETS = """
CREATE FUNCTION catalog_facets(
    {entry}provider uuid, social boolean, opening text, sharing text, division text,
    cycle text, grade smallint, classification text, themes text[], formats text[], licence text
) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000
BEGIN ATOMIC
    SELECT ARRAY[
        'provider:' || provider, 'social:' || social, 'opening:' || opening,
        'sharing:' || sharing, 'division:' || division, 'cycle:' || cycle, 'grade:' || grade,
        'classification:' || left(classification, 1), 'classification:' || left(classification, 3){part}
    ]
    || ARRAY(SELECT 'theme:' || theme FROM unnest(themes) AS theme)
    || ARRAY(SELECT 'format:' || format FROM unnest(formats) AS format)
    || ('licence:' || licence);
END
"""
PART = """,
        'part:' || CASE
            WHEN get_bit(uuid_send(entry), 120) = 1 THEN 2
            WHEN get_bit(uuid_send(entry), 121) = 1 THEN 4
            WHEN get_bit(uuid_send(entry), 122) = 1 THEN 8
            WHEN get_bit(uuid_send(entry), 123) = 1 THEN 16
            WHEN get_bit(uuid_send(entry), 124) = 1 THEN 32
            ELSE 0
        END"""
TAKEN = "uuid, boolean, text, text, text, text, smallint, text, text[], text[], text"
WITHOUT_PART = FACETS.format(entry="", part="")
WITH_PART = FACETS.format(entry="entry uuid, ", part=PART)
DROP, DROP_BEFORE = (
    f"DROP FUNCTION catalog_facets({TAKEN})", f"DROP FUNCTION catalog_facets(uuid, {TAKEN})"
)  # fmt: skip
KNOWN = """
CREATE STATISTICS catalog_facets_known ON (catalog_facets(
    {entry}provider_id, social, opening_type, sharing_type, division, update_cycle, grade,
    classification, themes, formats, licence
)) FROM catalog_findable;
ANALYZE catalog_findable
"""
FORGET = "DROP STATISTICS catalog_facets_known"
# The table anew, so that all that ten thousand rows are asked for lies together in each of them:
# what the gate asks, what is told, the title, and where the longer text is.
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
    state varchar(16) NOT NULL,
    opening_type varchar(16) NOT NULL,
    sharing_type varchar(16) NOT NULL,
    title_protected_by text NOT NULL,
    told bytea GENERATED ALWAYS AS (catalog_told(
        entry_id, provider_id, changed_at, uses, social, opening_type, sharing_type, state,
        title_protected_by, update_cycle, grade, formats, themes, division, classification, licence
    )) STORED,
    title_text text NOT NULL DEFAULT '',
    whole_text text NOT NULL DEFAULT '',
    revision_id bigint,
    seen_text text NOT NULL DEFAULT '',
    division varchar(12) NOT NULL,
    classification varchar(40) NOT NULL,
    update_cycle varchar(16) NOT NULL,
    themes varchar(300)[] NOT NULL,
    formats varchar(300)[] NOT NULL,
    licence varchar(300) NOT NULL,
    title_sound text NOT NULL DEFAULT '',
    seen_tokens text[] NOT NULL DEFAULT '{}',
    whole_tokens text[] NOT NULL DEFAULT '{}'
) WITH (toast_tuple_target = 600);
ALTER TABLE catalog_findable_anew ALTER told SET STORAGE MAIN,
    ALTER title_text SET STORAGE MAIN, ALTER title_protected_by SET STORAGE MAIN;
INSERT INTO catalog_findable_anew (
    entry_id, provider_id, changed_at, uses, grade, social, division, classification, title_text,
    state, opening_type, sharing_type, title_protected_by, update_cycle, themes, formats, licence,
    title_sound, seen_text, seen_tokens, whole_text, whole_tokens, revision_id
)
SELECT
    entry_id, provider_id, changed_at, uses, grade, social, division, classification, title_text,
    state, opening_type, sharing_type, title_protected_by, update_cycle, themes, formats, licence,
    title_sound, seen_text, seen_tokens, whole_text, whole_tokens, revision_id
FROM catalog_findable;
DROP TABLE catalog_findable;
ALTER TABLE catalog_findable_anew RENAME TO catalog_findable;
ALTER TABLE catalog_findable
    ADD CONSTRAINT catalog_findable_pkey PRIMARY KEY (entry_id),
    ADD CONSTRAINT catalog_findable_entry_id_b64caad8_fk_catalog_entry_thing_id
        FOREIGN KEY (entry_id) REFERENCES catalog_entry DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX catalog_findable_provider_id_52be2bcd ON catalog_findable (provider_id)
"""
_OF = (
    "provider_id", "social", "opening_type", "sharing_type", "division", "update_cycle", "grade",
    "classification", "themes", "formats", "licence",
)  # fmt: skip
_READ_BY_EVERYONE = Q(state="confirmed", opening_type__in=["unconditional", "conditional"])
_IN_SAMPLE = Q(entry__lt=UUID("10000000-0000-0000-0000-000000000000"))
_WORDS = {
    "catalog_open_words": ("whole_tokens", _READ_BY_EVERYONE),
    "catalog_seen_words": ("seen_tokens", ~_READ_BY_EVERYONE),
    "catalog_other_words": ("whole_tokens", ~_READ_BY_EVERYONE),
}
_SAMPLE = {
    "catalog_some_open": ("whole_tokens", _READ_BY_EVERYONE & _IN_SAMPLE),
    "catalog_some_seen": ("seen_tokens", ~_READ_BY_EVERYONE & _IN_SAMPLE),
    "catalog_some_other": ("whole_tokens", ~_READ_BY_EVERYONE & _IN_SAMPLE),
}


def _words(name, tokens, condition):
    facets = Func(*map(F, _OF), function="catalog_facets")
    index = GinIndex(F(tokens), facets, name=name, condition=condition)
    return migrations.AddIndex(model_name="findable", index=index)


def _index(apps, schema_editor):
    findable = apps.get_model("catalog", "Findable")
    for index in findable._meta.indexes:
        schema_editor.add_index(findable, index)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_licences")]

    operations = [
        *(migrations.RemoveIndex(model_name="findable", name=name) for name in _WORDS),
        migrations.RunSQL(FORGET, KNOWN.format(entry="entry_id, ")),
        migrations.RunSQL(DROP_BEFORE, WITH_PART),
        migrations.RunSQL(WITHOUT_PART, DROP),
        # The orders and titles, whose indexes went with the table.
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
        migrations.RunPython(_index, migrations.RunPython.noop),
        *(_words(name, *about) for name, about in (_WORDS | _SAMPLE).items()),
        migrations.RunSQL(KNOWN.format(entry=""), FORGET),
    ]
