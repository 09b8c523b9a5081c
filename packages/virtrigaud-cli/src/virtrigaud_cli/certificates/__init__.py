"""The certificates of providers on a laptop or in a small cluster: a private authority and what it signs."""
