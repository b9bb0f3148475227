"""Pages for people: the portal for everyone, the desk for officials."""
