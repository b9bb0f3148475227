"""The whole way of a datum (数据全程追溯), from what it was collected by to whoever has it."""
