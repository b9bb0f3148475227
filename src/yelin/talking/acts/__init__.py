"""What may be done in talking back: reuses, comments, complaints, news."""
