"""Histories that were replaced by one migration go on from where they ended."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder


@pytest.mark.django_db
def test_a_database_that_came_by_the_replaced_migrations_is_in_shape():
    executor, recorder = MigrationExecutor(connection), MigrationRecorder(connection)
    replacing = [each for each in executor.loader.disk_migrations.values() if each.replaces]
    assert replacing
    for migration in replacing:
        recorder.record_unapplied(migration.app_label, migration.name)
        for app, name in migration.replaces:
            # Its file is gone: what stands in the database is all that is known of it.
            assert (app, name) not in executor.loader.disk_migrations
            recorder.record_unapplied(app, name)
            recorder.record_applied(app, name)
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
