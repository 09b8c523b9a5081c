"""The wire: requests in, objects, tables, documents and event streams out."""
