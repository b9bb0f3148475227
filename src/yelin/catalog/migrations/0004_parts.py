from django.contrib.postgres.indexes import GinIndex
from django.db import migrations
from django.db.models import F, Func, Q

# As before, and in which part of all a row is: the last bits of its id are chance.
FACETS = """
CREATE FUNCTION catalog_facets(
    entry uuid, provider uuid, social boolean, opening text, sharing text, division text,
    cycle text, grade smallint, classification text, themes text[], formats text[]
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
    || ARRAY(SELECT 'format:' || format FROM unnest(formats) AS format);
END
"""
BEFORE = """
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
TAKEN = "uuid, boolean, text, text, text, text, smallint, text, text[], text[]"
DROP, DROP_BEFORE = (
    f"DROP FUNCTION catalog_facets(uuid, {TAKEN})", f"DROP FUNCTION catalog_facets({TAKEN})"
)  # fmt: skip
# By this it is known beforehand how many have a value, as before; nobody waits until it is learned.
KNOWN = """
CREATE STATISTICS catalog_facets_known ON (catalog_facets(
    {entry}provider_id, social, opening_type, sharing_type, division, update_cycle, grade,
    classification, themes, formats
)) FROM catalog_findable;
ANALYZE catalog_findable
"""
FORGET = "DROP STATISTICS catalog_facets_known"
_OF = (
    "entry_id", "provider_id", "social", "opening_type", "sharing_type", "division",
    "update_cycle", "grade", "classification", "themes", "formats",
)  # fmt: skip
_READ_BY_EVERYONE = Q(state="confirmed", opening_type__in=["unconditional", "conditional"])
_WORDS = {
    "catalog_open_words": ("whole_tokens", _READ_BY_EVERYONE),
    "catalog_seen_words": ("seen_tokens", ~_READ_BY_EVERYONE),
    "catalog_other_words": ("whole_tokens", ~_READ_BY_EVERYONE),
}


def _words(name: str, tokens: str, condition: Q) -> migrations.AddIndex:
    facets = Func(*map(F, _OF), function="catalog_facets")
    index = GinIndex(F(tokens), facets, name=name, condition=condition)
    return migrations.AddIndex(model_name="findable", index=index)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_told_in_one_piece")]

    operations = [
        *(migrations.RemoveIndex(model_name="findable", name=name) for name in _WORDS),
        migrations.RunSQL(FORGET, KNOWN.format(entry="")),
        migrations.RunSQL(DROP_BEFORE, BEFORE),
        migrations.RunSQL(FACETS, DROP),
        *(_words(name, *about) for name, about in _WORDS.items()),
        migrations.RunSQL(KNOWN.format(entry="entry_id, "), FORGET),
    ]
