from django.contrib.postgres.indexes import GinIndex
from django.db import migrations
from django.db.models import BinaryField, CharField, F, Func, GeneratedField, Q

# As before, and under which licence an entry is open.
FACETS = """
CREATE FUNCTION catalog_facets(
    entry uuid, provider uuid, social boolean, opening text, sharing text, division text,
    cycle text, grade smallint, classification text, themes text[], formats text[]{licence}
) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000
BEGIN ATOMIC
    SELECT ARRAY[
        'provider:' || provider, 'social:' || social, 'opening:' || opening,
        'sharing:' || sharing, 'division:' || division, 'cycle:' || cycle, 'grade:' || grade,
        'classification:' || left(classification, 1), 'classification:' || left(classification, 3),
        'part:' || CASE
            WHEN get_bit(uuid_send(entry), 120) = 1 THEN 2
            WHEN get_bit(uuid_send(entry), 121) = 1 THEN 4
            WHEN get_bit(uuid_send(entry), 122) = 1 THEN 8
            WHEN get_bit(uuid_send(entry), 123) = 1 THEN 16
            WHEN get_bit(uuid_send(entry), 124) = 1 THEN 32
            ELSE 0
        END
    ]
    || ARRAY(SELECT 'theme:' || theme FROM unnest(themes) AS theme)
    || ARRAY(SELECT 'format:' || format FROM unnest(formats) AS format){named};
END;
"""
ALIKE = """
CREATE FUNCTION catalog_alike(
    social boolean, opening text, sharing text, cycle text, grade smallint, formats text[],
    licence text
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT ('x' || left(encode(sha256(convert_to(
        ROW(social, opening, sharing, cycle, grade, formats, licence)::text, 'UTF8'
    )), 'hex'), 16))::bit(64)::bigint;
END;
"""
TOLD = """
CREATE FUNCTION catalog_told(
    entry uuid, provider uuid, changed timestamptz, uses bigint, social boolean, opening text,
    sharing text, state text, protected text, cycle text, grade smallint, formats text[],
    themes text[], division text, classification text{licence}
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT uuid_send(entry) || uuid_send(provider) || timestamptz_send(changed) || int8send(uses)
        || int8send(catalog_alike(social, opening, sharing, state, protected))
        || int8send(catalog_alike(social, opening, sharing, cycle, grade, formats{alike}))
        || int8send(catalog_alike(themes))
        || int8send(catalog_alike(division))
        || int8send(catalog_alike(left(classification, 3)));
END;
"""
# The table anew, as before: what is asked of ten thousand rows keeps its place in each.
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
        title_protected_by, update_cycle, grade, formats, themes, division, classification{licence}
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
    formats varchar(300)[] NOT NULL,{column}
    title_sound text NOT NULL DEFAULT '',
    seen_tokens text[] NOT NULL DEFAULT '{{}}',
    whole_text text NOT NULL DEFAULT '',
    whole_tokens text[] NOT NULL DEFAULT '{{}}'
) WITH (toast_tuple_target = 600);
ALTER TABLE catalog_findable_anew ALTER told SET STORAGE MAIN,
    ALTER title_text SET STORAGE MAIN, ALTER title_protected_by SET STORAGE MAIN;
INSERT INTO catalog_findable_anew (
    entry_id, provider_id, changed_at, uses, grade, social, division, classification, title_text,
    state, opening_type, sharing_type, title_protected_by, update_cycle, themes, formats,
    title_sound, seen_text, seen_tokens, whole_text, whole_tokens, revision_id{licence}
)
SELECT
    found.entry_id, found.provider_id, found.changed_at, found.uses, found.grade, found.social,
    found.division, found.classification, found.title_text, found.state, found.opening_type,
    found.sharing_type, found.title_protected_by, found.update_cycle, found.themes, found.formats,
    found.title_sound, found.seen_text, found.seen_tokens, found.whole_text, found.whole_tokens,
    found.revision_id{of_entry}
FROM catalog_findable AS found JOIN catalog_entry AS entry ON entry.thing_id = found.entry_id;
DROP TABLE catalog_findable;
ALTER TABLE catalog_findable_anew RENAME TO catalog_findable;
ALTER TABLE catalog_findable
    ADD CONSTRAINT catalog_findable_pkey PRIMARY KEY (entry_id),
    ADD CONSTRAINT catalog_findable_entry_id_b64caad8_fk_catalog_entry_thing_id
        FOREIGN KEY (entry_id) REFERENCES catalog_entry DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX catalog_findable_provider_id_52be2bcd ON catalog_findable (provider_id);
CREATE STATISTICS catalog_facets_known ON (catalog_facets(
    entry_id, provider_id, social, opening_type, sharing_type, division, update_cycle, grade,
    classification, themes, formats{licence}
)) FROM catalog_findable;
ANALYZE catalog_findable;
"""
# The facts of an entry are repeated as before, and its licence with them.
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
        formats{licence}
    )
    VALUES (
        NEW.thing_id, NEW.provider_id, NEW.revision_id, NEW.social, NEW.state, NEW.sharing_type,
        NEW.opening_type, NEW.title_protected_by, NEW.changed_at, NEW.classification,
        NEW.update_cycle, NEW.division, NEW.grade, NEW.themes, NEW.formats{after}
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
        formats = EXCLUDED.formats{repeated};
    RETURN NULL;
END $$;
DROP TRIGGER catalog_repeat_changed ON catalog_entry;
CREATE TRIGGER catalog_repeat_changed AFTER UPDATE ON catalog_entry
FOR EACH ROW WHEN (
    (OLD.provider_id, OLD.revision_id, OLD.state, OLD.sharing_type, OLD.opening_type,
     OLD.title_protected_by, OLD.changed_at, OLD.classification, OLD.update_cycle, OLD.division,
     OLD.grade, OLD.themes, OLD.formats{before})
    IS DISTINCT FROM
    (NEW.provider_id, NEW.revision_id, NEW.state, NEW.sharing_type, NEW.opening_type,
     NEW.title_protected_by, NEW.changed_at, NEW.classification, NEW.update_cycle, NEW.division,
     NEW.grade, NEW.themes, NEW.formats{after})
) EXECUTE FUNCTION catalog_repeat();
"""
_NAMES = {
    "licence": ", licence",
    "of_entry": ", entry.licence",
    "before": ", OLD.licence",
    "after": ", NEW.licence",
    "repeated": ",\n        licence = EXCLUDED.licence",
    "column": "\n    licence varchar(300) NOT NULL,",
}
_NO_NAMES = dict.fromkeys(_NAMES, "")
_NAMED = "\n    || ('licence:' || licence)"
_FACETS = "uuid, uuid, boolean, text, text, text, text, smallint, text, text[], text[]"
_ALIKE = "boolean, text, text, text, smallint, text[]"
_TOLD = (
    "uuid, uuid, timestamptz, bigint, boolean, text, text, text, text, text, smallint, text[],"
    " text[], text, text"
)
_DROP = (
    f"DROP FUNCTION catalog_facets({_FACETS}{{0}}); DROP FUNCTION catalog_told({_TOLD}{{0}});"
    f"DROP FUNCTION catalog_alike({_ALIKE}{{0}});"
)
WITH_LICENCE = "".join([
    FACETS.format(licence=", licence text", named=_NAMED),
    ALIKE,
    TOLD.format(licence=", licence text", alike=", licence"),
    ANEW.format(**_NAMES),
    _DROP.format(""),
    REPEAT.format(**_NAMES),
])  # fmt: skip
WITHOUT_LICENCE = "".join([
    FACETS.format(licence="", named=""),
    ALIKE.replace("formats text[],\n    licence text", "formats text[]").replace(", licence", ""),
    TOLD.format(licence="", alike=""),
    ANEW.format(**_NO_NAMES),
    _DROP.format(", text"),
    REPEAT.format(**_NO_NAMES),
])  # fmt: skip
_READ_BY_EVERYONE = Q(state="confirmed", opening_type__in=["unconditional", "conditional"])
_WORDS = {
    "catalog_open_words": ("whole_tokens", _READ_BY_EVERYONE),
    "catalog_seen_words": ("seen_tokens", ~_READ_BY_EVERYONE),
    "catalog_other_words": ("whole_tokens", ~_READ_BY_EVERYONE),
}
_FACETS_OF = (
    "entry_id", "provider_id", "social", "opening_type", "sharing_type", "division",
    "update_cycle", "grade", "classification", "themes", "formats", "licence",
)  # fmt: skip
_TOLD_OF = (
    "entry_id", "provider_id", "changed_at", "uses", "social", "opening_type", "sharing_type",
    "state", "title_protected_by", "update_cycle", "grade", "formats", "themes", "division",
    "classification", "licence",
)  # fmt: skip


def _words(name, tokens, condition):
    facets = Func(*map(F, _FACETS_OF), function="catalog_facets")
    index = GinIndex(F(tokens), facets, name=name, condition=condition)
    return migrations.AddIndex(model_name="findable", index=index)


def _index(apps, schema_editor):
    findable = apps.get_model("catalog", "Findable")
    for index in findable._meta.indexes:
        schema_editor.add_index(findable, index)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_by_publication")]

    operations = [
        # On the way back it is the last, when the table is as it was.
        migrations.RunPython(migrations.RunPython.noop, _index),
        migrations.RunSQL(
            WITH_LICENCE,
            WITHOUT_LICENCE,
            state_operations=[
                *(migrations.RemoveIndex(model_name="findable", name=name) for name in _WORDS),
                migrations.AddField(
                    model_name="findable", name="licence", field=CharField(max_length=300)
                ),
                migrations.AlterField(
                    model_name="findable",
                    name="told",
                    field=GeneratedField(
                        expression=Func(*map(F, _TOLD_OF), function="catalog_told"),
                        output_field=BinaryField(),
                        db_persist=True,
                    ),
                ),
                *(_words(name, *about) for name, about in _WORDS.items()),
            ],
        ),
        migrations.RunPython(_index, migrations.RunPython.noop),
    ]
