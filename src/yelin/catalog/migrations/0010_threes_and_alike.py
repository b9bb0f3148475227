from django.db import migrations
from django.db.models import BigIntegerField, F, Func, GeneratedField

# What is told is written as a row, so that no two sayings are written alike; whatever it is made of
# is written the same under any setting. Nobody finds two sayings of one such number by trying.
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
    {"social": "boolean", "opening": "text", "sharing": "text"},
    {"themes": "text[]"},
)  # fmt: skip
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


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_facets_in_the_index")]

    operations = [
        *map(_number, TAKEN),
        _alike(
            "alike", "social", "opening_type", "sharing_type", "update_cycle", "grade", "formats"
        ),
        _alike("alike_seen", "social", "opening_type", "sharing_type"),
        _alike("alike_themes", "themes"),
        migrations.RunSQL(REWORD, migrations.RunSQL.noop),
    ]
