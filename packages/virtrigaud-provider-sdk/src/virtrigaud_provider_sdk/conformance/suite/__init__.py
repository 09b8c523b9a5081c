"""What must hold of every provider, one module for each area."""
