"""Measure finished data by its rules (数据质量): counts, score, failing rows, personal columns."""
