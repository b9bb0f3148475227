"""What a resource's data is held to (数据质量): rules made and written, weights, thresholds."""
