from django.contrib.postgres.indexes import GinIndex
from django.db import migrations
from django.db.models import F, Func, Q

READ_BY_EVERYONE = Q(state="confirmed", opening_type__in=["unconditional", "conditional"])
# What it costs is told high, so that rows are found by the index of it and never by asking each.
FACETS = """
CREATE FUNCTION catalog_facets(
    provider uuid, social boolean, opening text, sharing text, division text, cycle text,
    grade smallint, classification text, themes text[], formats text[]
) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000
BEGIN ATOMIC
    SELECT ARRAY[
        'provider:' || provider, 'social:' || social, 'opening:' || opening,
        'sharing:' || sharing, 'division:' || division, 'cycle:' || cycle, 'grade:' || grade,
        'classification:' || left(classification, 1), 'classification:' || left(classification, 3)
    ]
    || ARRAY(SELECT 'theme:' || theme FROM unnest(themes) AS theme)
    || ARRAY(SELECT 'format:' || format FROM unnest(formats) AS format);
END
"""
# By this it is known beforehand how many have a value: partial indexes tell the planner nothing.
KNOWN = """
CREATE STATISTICS catalog_facets_known ON (catalog_facets(
    provider_id, social, opening_type, sharing_type, division, update_cycle, grade, classification,
    themes, formats
)) FROM catalog_findable
"""
# The function of 0007, but for the moment of change: whoever may not read what an entry says is not
# told by its place in a list that something of it changed.
REPEAT = """
CREATE OR REPLACE FUNCTION catalog_repeat() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_silent boolean := TG_OP = 'UPDATE'
        AND NEW.state = 'confirmed' AND NEW.opening_type NOT IN ('unconditional', 'conditional')
        AND (OLD.state, OLD.code, OLD.title, OLD.title_en, OLD.provider_id, OLD.sharing_type,
             OLD.sharing_basis, OLD.opening_type, OLD.title_protected_by)
        IS NOT DISTINCT FROM
            (NEW.state, NEW.code, NEW.title, NEW.title_en, NEW.provider_id, NEW.sharing_type,
             NEW.sharing_basis, NEW.opening_type, NEW.title_protected_by);
BEGIN
    INSERT INTO catalog_findable (
        entry_id, provider_id, revision_id, social, state, sharing_type, opening_type,
        title_protected_by, changed_at, classification, update_cycle, division, grade, themes,
        formats
    )
    VALUES (
        NEW.thing_id, NEW.provider_id, NEW.revision_id, NEW.social, NEW.state, NEW.sharing_type,
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
        changed_at = CASE WHEN is_silent THEN catalog_findable.changed_at
            ELSE EXCLUDED.changed_at END,
        classification = EXCLUDED.classification,
        update_cycle = EXCLUDED.update_cycle,
        division = EXCLUDED.division,
        grade = EXCLUDED.grade,
        themes = EXCLUDED.themes,
        formats = EXCLUDED.formats;
    RETURN NULL;
END $$
"""
# The day of confirmation, as for whoever harvests.
FORGET = """
UPDATE catalog_findable AS found
SET changed_at = entry.published_on::timestamp AT TIME ZONE 'Asia/Shanghai'
FROM catalog_entry AS entry
WHERE entry.thing_id = found.entry_id AND entry.published_on IS NOT NULL
    AND entry.state = 'confirmed' AND entry.opening_type NOT IN ('unconditional', 'conditional')
"""
# Letters and figures are found by pieces of three too: whatever there is awaits its new words.
REWORD = (
    "INSERT INTO catalog_rewording SELECT entry_id FROM catalog_findable ON CONFLICT DO NOTHING"
)


def _words(name: str, tokens: str, condition: Q) -> GinIndex:
    facets = Func(
        F("provider_id"), F("social"), F("opening_type"), F("sharing_type"), F("division"),
        F("update_cycle"), F("grade"), F("classification"), F("themes"), F("formats"),
        function="catalog_facets",
    )  # fmt: skip
    return GinIndex(F(tokens), facets, name=name, condition=condition)


_GONE = (
    "catalog_open_words", "catalog_seen_words", "catalog_other_words", "catalog_by_theme",
    "catalog_by_division", "catalog_by_cycle", "catalog_by_class",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_halves")]

    operations = [
        migrations.RunSQL(FACETS, "DROP FUNCTION catalog_facets"),
        *(migrations.RemoveIndex(model_name="findable", name=name) for name in _GONE),
        *(
            migrations.AddIndex(model_name="findable", index=index)
            for index in (
                _words("catalog_open_words", "whole_tokens", READ_BY_EVERYONE),
                _words("catalog_seen_words", "seen_tokens", ~READ_BY_EVERYONE),
                _words("catalog_other_words", "whole_tokens", ~READ_BY_EVERYONE),
            )
        ),
        migrations.RunSQL(KNOWN, "DROP STATISTICS catalog_facets_known"),
        migrations.RunSQL(REPEAT, migrations.RunSQL.noop),
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
        migrations.RunSQL(REWORD, migrations.RunSQL.noop),
    ]
