"""The exchange (共享交换): how departments have each other's data, at once or on request."""
