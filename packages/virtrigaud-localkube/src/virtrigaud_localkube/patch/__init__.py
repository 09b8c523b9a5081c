"""The four ways to change an object in place, and who owns which field."""
