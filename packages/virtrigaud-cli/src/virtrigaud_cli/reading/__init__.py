"""What `vrtg get`, `describe` and `events` show of an API server."""
