"""How a VMClass is counted, held while it is in use, and told where it can be had."""
