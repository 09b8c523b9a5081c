"""Starting, remembering, watching and stopping processes of our own."""
