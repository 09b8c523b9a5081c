"""Where objects live: a SQLite journal below, a read cache above, one growing resourceVersion over both."""
