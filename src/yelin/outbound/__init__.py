"""The only way out: whatever the platform asks of other machines leaves through this room."""
