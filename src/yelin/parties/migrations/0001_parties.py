import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("parties", "0001_bodies_people_seats_tokens"),
        ("parties", "0002_bodies_of_all_kinds_succession_deputies"),
        ("parties", "0003_seats_given_in_need_blocked_logins"),
        ("parties", "0004_tokens_of_citizens_names_in_english"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("things", "0001_things"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=150, verbose_name="first name"),
                ),
                (
                    "last_name",
                    models.CharField(blank=True, max_length=150, verbose_name="last name"),
                ),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="email address"),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Body",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("government", "Government"),
                            ("department", "Department"),
                            ("informatization", "Informatization department"),
                            ("standardization", "Standardization department"),
                            ("agency", "Big data agency"),
                            ("secrecy", "Secrecy department"),
                            ("cyberspace", "Cyberspace department"),
                            ("public_security", "Public security organ"),
                            ("state_security", "State security organ"),
                            ("cryptography", "Cryptography department"),
                            ("communications", "Communications department"),
                            ("appointing", "Appointing organ"),
                            ("supervisory", "Supervisory organ"),
                            ("enterprise", "Enterprise"),
                            ("association", "Association"),
                            ("public_utility", "Public utility"),
                        ],
                        max_length=32,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                ("short_name", models.CharField(max_length=80)),
                ("division", models.CharField(max_length=12)),
                ("credit_code", models.CharField(max_length=18)),
                ("verified_at", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "bodies",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("credit_code",),
                        name="parties_one_live_code",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BodyName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_names",
                        to="parties.body",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                ("short_name", models.CharField(max_length=80)),
                ("until", models.DateField()),
            ],
            options={
                "ordering": ["until", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Succession",
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
                    "way",
                    models.CharField(
                        choices=[
                            ("merge", "Merged into another body"),
                            ("split", "Split off into another body"),
                            ("dissolve", "Dissolved"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="passed_on",
                        to="parties.body",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_over",
                        to="parties.body",
                    ),
                ),
                ("on", models.DateField()),
                ("reason", models.TextField()),
                ("moved", models.JSONField(default=dict)),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={
                "ordering": ["on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("successor", None), ("way", "dissolve")),
                            models.Q(
                                models.Q(("way", "dissolve"), _negated=True),
                                ("successor__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="parties_only_an_end_has_no_successor",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
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
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=80)),
                ("name_en", models.CharField(blank=True, max_length=120)),
                ("blocked_because", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Seat",
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="parties.person",
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="parties.body",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("steward", "Data steward"),
                            ("officer", "Officer"),
                            ("auditor", "Auditor"),
                            ("head", "Head"),
                            ("representative", "Representative"),
                        ],
                        max_length=16,
                    ),
                ),
                ("until", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("person", "body", "role"),
                        name="parties_one_live_seat",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Deputy",
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
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deputies",
                        to="parties.seat",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deputing",
                        to="parties.person",
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "deputies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))),
                        name="parties_deputy_not_before",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                        related_name="invitations",
                        to="parties.body",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="parties.person",
                    ),
                ),
                ("until", models.DateField()),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None)),
                        fields=("body", "person"),
                        name="parties_one_open_invitation",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Token",
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
                ("hint", models.CharField(max_length=12)),
                ("digest", models.BinaryField(unique=True)),
                (
                    "seat",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to="parties.seat",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to="parties.person",
                    ),
                ),
                ("label", models.CharField(max_length=80)),
                ("only_reads", models.BooleanField(default=False)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", False), ("seat", None)),
                            models.Q(("person", None), ("seat__isnull", False)),
                            _connector="OR",
                        ),
                        name="parties_token_of_seat_or_person",
                    )
                ],
            },
        ),
    ]
