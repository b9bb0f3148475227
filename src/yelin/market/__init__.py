"""The market (数据交易市场): by which arrangement enterprises work with public data."""
