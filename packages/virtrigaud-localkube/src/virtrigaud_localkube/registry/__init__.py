"""What kinds exist and what happens to their objects on create, update and delete."""
