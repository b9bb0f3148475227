"""The data centre (政务数据中心): files in, releases, rows out."""
