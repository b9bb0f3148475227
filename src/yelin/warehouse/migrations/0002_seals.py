import django.db.models.deletion
import django.db.models.lookups
from django.db import migrations, models


def sealed_by():
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="keys.datakey",
    )


def kept_as_its_key_says(name, column):
    kind = models.Func(models.F(column), function="jsonb_typeof", output_field=models.TextField())
    exact = django.db.models.lookups.Exact
    return models.CheckConstraint(
        condition=models.Q(exact(kind, models.Value("object")), sealed_by=None)
        | models.Q(exact(kind, models.Value("string")), sealed_by__isnull=False),
        name=name,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("keys", "0001_data_keys"),
        ("warehouse", "0001_uploads_releases"),
    ]

    operations = [
        migrations.CreateModel(
            name="Leaving",
            fields=[
                ("key", models.CharField(max_length=255, primary_key=True, serialize=False)),
            ],
        ),
        migrations.RenameField("release", "manifest", "manifest_kept"),
        migrations.RenameField("upload", "error", "error_kept"),
        migrations.RenameField("upload", "report", "report_kept"),
        migrations.RunSQL(
            """
            ALTER TABLE warehouse_upload ALTER COLUMN sha256 TYPE jsonb
                USING jsonb_build_object('sha256', encode(sha256, 'hex'));
            ALTER TABLE warehouse_upload RENAME COLUMN sha256 TO received_kept;
            """,
            """
            ALTER TABLE warehouse_upload RENAME COLUMN received_kept TO sha256;
            ALTER TABLE warehouse_upload ALTER COLUMN sha256 TYPE bytea
                USING decode(sha256 ->> 'sha256', 'hex');
            """,
            state_operations=[
                migrations.RemoveField("upload", "sha256"),
                migrations.AddField("upload", "received_kept", models.JSONField(default=dict)),
                migrations.AlterField("upload", "received_kept", models.JSONField()),
            ],
        ),
        migrations.AddField("release", "sealed_by", sealed_by()),
        migrations.AddField("upload", "sealed_by", sealed_by()),
        migrations.AddConstraint(
            "release", kept_as_its_key_says("warehouse_manifest_sealed", "manifest_kept")
        ),
        migrations.AddConstraint(
            "upload", kept_as_its_key_says("warehouse_received_sealed", "received_kept")
        ),
        migrations.AddConstraint(
            "upload", kept_as_its_key_says("warehouse_report_sealed", "report_kept")
        ),
        migrations.AddConstraint(
            "upload", kept_as_its_key_says("warehouse_error_sealed", "error_kept")
        ),
    ]
