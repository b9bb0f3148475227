"""The room's background jobs."""

from yelin.privacy import subject_tasks

__all__ = ["subject_tasks"]
