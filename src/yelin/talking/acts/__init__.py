"""What may be done in talking back: reuses, comments, complaints, news."""

from yelin.talking.acts import comments, complaints, news, reuses

__all__ = ["comments", "complaints", "news", "reuses"]
