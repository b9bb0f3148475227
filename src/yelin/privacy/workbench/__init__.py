"""The workbench of de-identification: classified, searched, written, measured, certified (0088)."""
