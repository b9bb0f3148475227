"""The room's background jobs."""

from yelin.privacy import list_tasks, subject_tasks

__all__ = ["list_tasks", "subject_tasks"]
