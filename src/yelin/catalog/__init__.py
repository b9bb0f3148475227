"""The catalog of government information resources (政务信息资源目录)."""
