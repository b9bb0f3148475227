import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

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
# An entry's facts are repeated by the database, so that no way of writing one is forgotten; what never
# changes is not repeated by an update. The moment of change is: whoever may not read what an
# entry says is not told by its place in a list that something of it changed.
REPEAT = """
CREATE FUNCTION catalog_repeat() RETURNS trigger LANGUAGE plpgsql AS $$
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
# What is long lies out of the row, so that a page holds many; what is looked at does not.
LIE = """
ALTER TABLE catalog_findable SET (toast_tuple_target = 512);
ALTER TABLE catalog_findable ALTER title_text SET STORAGE MAIN,
    ALTER title_protected_by SET STORAGE MAIN
"""


class Migration(migrations.Migration):
    replaces = [
        ("catalog", "0001_entries_items_versions"),
        ("catalog", "0002_entries_name_systems_items_name_elements"),
        ("catalog", "0003_national_form"),
        ("catalog", "0004_revisions_reviews"),
        ("catalog", "0005_search"),
        ("catalog", "0006_findables"),
        ("catalog", "0007_social_data"),
        ("catalog", "0008_halves"),
        ("catalog", "0009_facets_in_the_index"),
    ]

    initial = True

    dependencies = [
        ("parties", "0001_parties"),
        ("registers", "0001_registers"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.RunSQL(FACETS, "DROP FUNCTION catalog_facets"),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "thing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="things.thing",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="parties.body",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("law", "Law"), ("function", "Function")], max_length=16
                    ),
                ),
                ("what", models.TextField()),
                ("since", models.DateField()),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.body",
                    ),
                ),
                ("noted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what", ""), _negated=True),
                        name="catalog_change_says_what",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "thing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="things.thing",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="categories",
                        to="parties.body",
                    ),
                ),
                ("code", models.CharField(max_length=18)),
                ("name", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "verbose_name_plural": "categories",
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="catalog_category_once"),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[1-9]\\d{5,17}$")),
                        name="catalog_category_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="catalog_category_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CodeCounter",
            fields=[
                (
                    "classification",
                    models.CharField(max_length=40, primary_key=True, serialize=False),
                ),
                ("last", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "thing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="things.thing",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="parties.body",
                    ),
                ),
                ("social", models.BooleanField(default=False)),
                ("code", models.CharField(max_length=80, null=True, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("registered", "Registered"),
                            ("awaiting", "Awaiting confirmation"),
                            ("confirmed", "Confirmed"),
                            ("returned", "Returned"),
                            ("withdrawn", "Withdrawn"),
                            ("dropped", "Dropped"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("title", models.CharField(max_length=200)),
                ("title_en", models.CharField(blank=True, max_length=300)),
                ("summary", models.TextField(blank=True)),
                ("classification", models.CharField(blank=True, max_length=40)),
                (
                    "formats",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("format_description", models.CharField(blank=True, max_length=300)),
                ("data_scope", models.TextField(blank=True)),
                ("office_duties", models.TextField(blank=True)),
                ("source_scene", models.TextField(blank=True)),
                (
                    "sharing_type",
                    models.CharField(
                        choices=[
                            ("unconditional", "Unconditional"),
                            ("conditional", "Conditional"),
                            ("none", "None"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "sharing_requirements",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("sharing_condition", models.TextField(blank=True)),
                ("sharing_scope", models.TextField(blank=True)),
                ("sharing_basis", models.TextField(blank=True)),
                ("sharing_mode", models.CharField(blank=True, max_length=300)),
                (
                    "sharing_means",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("sharing_explanation", models.TextField(blank=True)),
                (
                    "opening_type",
                    models.CharField(
                        choices=[
                            ("unconditional", "Unconditional"),
                            ("conditional", "Conditional"),
                            ("none", "None"),
                        ],
                        max_length=16,
                    ),
                ),
                ("opening_condition", models.TextField(blank=True)),
                (
                    "update_cycle",
                    models.CharField(
                        choices=[
                            ("realtime", "Realtime"),
                            ("daily", "Daily"),
                            ("weekly", "Weekly"),
                            ("monthly", "Monthly"),
                            ("quarterly", "Quarterly"),
                            ("half_yearly", "Half yearly"),
                            ("yearly", "Yearly"),
                            ("irregular", "Irregular"),
                            ("never", "Never"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "related_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("grade", models.PositiveSmallIntegerField(default=1)),
                ("collection_basis", models.TextField(blank=True)),
                (
                    "themes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "keywords",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("division", models.CharField(blank=True, max_length=12)),
                ("contact_office", models.CharField(blank=True, max_length=300)),
                ("contact_phone", models.CharField(blank=True, max_length=300)),
                ("licence", models.CharField(blank=True, max_length=300)),
                (
                    "open_items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), null=True, size=None
                    ),
                ),
                (
                    "applied_items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), null=True, size=None
                    ),
                ),
                (
                    "shared_items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), null=True, size=None
                    ),
                ),
                ("title_protected_by", models.TextField(blank=True)),
                (
                    "handing_over",
                    models.CharField(
                        choices=[
                            ("own", "Own"),
                            ("consent", "Consent"),
                            ("irreversible", "Irreversible"),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
                ("returned_reason", models.TextField(blank=True)),
                ("drafted_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("sendings", models.PositiveIntegerField(default=0)),
                ("published_on", models.DateField(null=True)),
                ("withdrawn_on", models.DateField(null=True)),
                ("withdrawn_reason", models.TextField(blank=True)),
                (
                    "systems",
                    models.ManyToManyField(related_name="entries", to="registers.governmentsystem"),
                ),
                (
                    "projects",
                    models.ManyToManyField(related_name="entries", to="registers.fundedproject"),
                ),
            ],
            options={
                "verbose_name_plural": "entries",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["related_codes"], name="catalog_related"
                    ),
                    models.Index(
                        fields=["classification"],
                        name="catalog_by_category",
                        opclasses=["varchar_pattern_ops"],
                    ),
                    models.Index(fields=["state", "-changed_at"], name="catalog_by_state"),
                    models.Index(fields=["-changed_at", "-thing"], name="catalog_by_change"),
                    models.Index(
                        condition=models.Q(("sent_at__isnull", False)),
                        fields=["sent_at"],
                        name="catalog_awaiting",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", None), ("state", "draft")),
                            ("state", "dropped"),
                            models.Q(
                                models.Q(("state", "draft"), _negated=True), ("code__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="catalog_code_from_registration_on",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "dropped"]),
                            ("social", True),
                            models.Q(("sharing_type", "none"), _negated=True),
                            models.Q(("sharing_basis", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="catalog_no_sharing_has_a_basis",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("code", None),
                            models.Q(("code__regex", "^[A-Z]"), ("social", True)),
                            models.Q(
                                ("social", False),
                                models.Q(("code__regex", "^[A-Z]"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="catalog_social_codes_are_their_own",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("social", False),
                            ("state__in", ["draft", "dropped"]),
                            models.Q(
                                models.Q(
                                    ("sharing_type", "none"),
                                    ("handing_over__isnull", False),
                                    _connector="OR",
                                ),
                                models.Q(("sharing_type", "conditional"), _negated=True),
                                models.Q(("opening_type", "conditional"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="catalog_social_is_given_by_choice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "returned"), _negated=True),
                            models.Q(("returned_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="catalog_returned_has_reasons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grade__range", (1, 4))), name="catalog_grade"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "dropped"]),
                            models.Q(("opening_type", "unconditional"), _negated=True),
                            ("grade", 1),
                            _connector="OR",
                        ),
                        name="catalog_open_to_all_is_grade_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "dropped"]),
                            ("title_protected_by", ""),
                            models.Q(("opening_type", "none"), ("sharing_type", "none")),
                            _connector="OR",
                        ),
                        name="catalog_protected_title_is_not_shared",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "awaiting")),
                            ("state", "confirmed"),
                            models.Q(
                                models.Q(("state", "awaiting"), _negated=True), ("sent_at", None)
                            ),
                            _connector="OR",
                        ),
                        name="catalog_sent_is_what_awaits",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["withdrawn", "dropped"]), _negated=True),
                        fields=("provider", "title"),
                        name="catalog_title_unique_inside_provider",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Touched",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="touched",
                        to="catalog.change",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="touched",
                        to="catalog.entry",
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("revised", "Revised"),
                            ("withdrawn", "Withdrawn"),
                            ("kept", "Kept as it is"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "touched",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("change", "entry"), name="catalog_touched_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                ("answered_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="catalog_answered_when_and_how",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "kept"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="catalog_kept_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rewording",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="rewording",
                        serialize=False,
                        to="catalog.entry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="catalog.entry",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("change", "Change"), ("withdrawal", "Withdrawal")], max_length=16
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("registered", "Registered"),
                            ("awaiting", "Awaiting confirmation"),
                            ("confirmed", "Confirmed"),
                            ("returned", "Returned"),
                            ("withdrawn", "Withdrawn"),
                            ("dropped", "Dropped"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("content", models.JSONField(null=True)),
                ("negative", models.BooleanField(default=False)),
                ("reason", models.TextField(blank=True)),
                ("returned_reason", models.TextField(blank=True)),
                ("begun_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-begun_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content__isnull", False), ("kind", "change")),
                            models.Q(
                                ("content", None),
                                ("kind", "withdrawal"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="catalog_revision_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "returned"), _negated=True),
                            models.Q(("returned_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="catalog_revision_returned_has_reasons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at", None), ("state__in", ["draft", "awaiting", "returned"])
                            ),
                            models.Q(
                                ("ended_at__isnull", False), ("state__in", ["confirmed", "dropped"])
                            ),
                            _connector="OR",
                        ),
                        name="catalog_revision_open_or_ended",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("entry",),
                        name="catalog_one_open_revision",
                    ),
                ],
            },
        ),
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
                ("social", models.BooleanField(db_default=False)),
                ("state", models.CharField(max_length=16)),
                ("sharing_type", models.CharField(max_length=16)),
                ("opening_type", models.CharField(max_length=16)),
                ("title_protected_by", models.TextField()),
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
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        models.F("whole_tokens"),
                        models.Func(
                            models.F("provider_id"),
                            models.F("social"),
                            models.F("opening_type"),
                            models.F("sharing_type"),
                            models.F("division"),
                            models.F("update_cycle"),
                            models.F("grade"),
                            models.F("classification"),
                            models.F("themes"),
                            models.F("formats"),
                            function="catalog_facets",
                        ),
                        condition=models.Q(
                            ("opening_type__in", ["unconditional", "conditional"]),
                            ("state", "confirmed"),
                        ),
                        name="catalog_open_words",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        models.F("seen_tokens"),
                        models.Func(
                            models.F("provider_id"),
                            models.F("social"),
                            models.F("opening_type"),
                            models.F("sharing_type"),
                            models.F("division"),
                            models.F("update_cycle"),
                            models.F("grade"),
                            models.F("classification"),
                            models.F("themes"),
                            models.F("formats"),
                            function="catalog_facets",
                        ),
                        condition=models.Q(
                            ("opening_type__in", ["unconditional", "conditional"]),
                            ("state", "confirmed"),
                            _negated=True,
                        ),
                        name="catalog_seen_words",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        models.F("whole_tokens"),
                        models.Func(
                            models.F("provider_id"),
                            models.F("social"),
                            models.F("opening_type"),
                            models.F("sharing_type"),
                            models.F("division"),
                            models.F("update_cycle"),
                            models.F("grade"),
                            models.F("classification"),
                            models.F("themes"),
                            models.F("formats"),
                            function="catalog_facets",
                        ),
                        condition=models.Q(
                            ("opening_type__in", ["unconditional", "conditional"]),
                            ("state", "confirmed"),
                            _negated=True,
                        ),
                        name="catalog_other_words",
                    ),
                    models.Index(
                        fields=["title_text"], name="catalog_titles", opclasses=["text_pattern_ops"]
                    ),
                    models.Index(fields=["-changed_at", "-entry"], name="catalog_found_by_change"),
                    models.Index(fields=["-uses", "-changed_at", "-entry"], name="catalog_by_use"),
                    models.Index(
                        fields=["title_sound", "title_text", "entry"], name="catalog_by_title"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="catalog.entry",
                    ),
                ),
                ("sending", models.PositiveIntegerField()),
                (
                    "powers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.body",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.seat",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.person",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "sending", "body"), name="catalog_review_once_a_body"
                    ),
                    models.UniqueConstraint(
                        fields=("entry", "sending", "person"), name="catalog_review_by_two_people"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="catalog.entry",
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=300)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("C", "Text"),
                            ("N", "Number"),
                            ("Y", "Money"),
                            ("D", "Date"),
                            ("T", "Moment"),
                            ("L", "Truth"),
                            ("M", "Note"),
                            ("G", "General"),
                            ("B", "Double"),
                            ("I", "Whole"),
                            ("F", "Float"),
                        ],
                        max_length=1,
                    ),
                ),
                ("length", models.CharField(blank=True, max_length=8)),
                ("nullable", models.BooleanField(default=True)),
                ("key", models.BooleanField(default=False)),
                ("unit", models.CharField(blank=True, max_length=300)),
                ("note", models.TextField(blank=True)),
                ("grade", models.PositiveSmallIntegerField(default=1)),
                (
                    "element",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="registers.dataelement",
                    ),
                ),
                (
                    "code_list",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="registers.codelist",
                    ),
                ),
                (
                    "sharing_type",
                    models.CharField(
                        choices=[
                            ("unconditional", "Unconditional"),
                            ("conditional", "Conditional"),
                            ("none", "None"),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
                (
                    "opening_type",
                    models.CharField(
                        choices=[
                            ("unconditional", "Unconditional"),
                            ("conditional", "Conditional"),
                            ("none", "None"),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entry", "name"), name="catalog_item_name_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grade__range", (1, 4))), name="catalog_item_grade"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="catalog.entry",
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("digest", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
                ("confirmed_on", models.DateField(null=True)),
                ("sharing_type", models.CharField(blank=True, max_length=16)),
                ("opening_type", models.CharField(blank=True, max_length=16)),
                ("title_protected_by", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("confirmed_on__isnull", False)),
                        fields=["entry", "-number"],
                        name="catalog_confirmed_versions",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "number"), name="catalog_one_version")
                ],
            },
        ),
        migrations.AddField(
            model_name="entry",
            name="revision",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="open_of",
                to="catalog.revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("revision", None),
                        ("state", "withdrawn"),
                        ("withdrawn_on__isnull", False),
                        models.Q(("withdrawn_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "withdrawn"), _negated=True),
                        ("withdrawn_on", None),
                        ("withdrawn_reason", ""),
                    ),
                    _connector="OR",
                ),
                name="catalog_withdrawn_says_when_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("revision", None), ("state", "confirmed"), _connector="OR"),
                name="catalog_revision_of_a_confirmed_one",
            ),
        ),
        migrations.RunSQL(
            LIE,
            "ALTER TABLE catalog_findable RESET (toast_tuple_target);"
            "ALTER TABLE catalog_findable ALTER title_text SET STORAGE EXTENDED,"
            " ALTER title_protected_by SET STORAGE EXTENDED",
        ),
        migrations.RunSQL(KNOWN, "DROP STATISTICS catalog_facets_known"),
        migrations.RunSQL(REPEAT, "DROP FUNCTION catalog_repeat CASCADE"),
    ]
