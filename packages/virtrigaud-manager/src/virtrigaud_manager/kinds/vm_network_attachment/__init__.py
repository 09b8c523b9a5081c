"""How a VMNetworkAttachment is checked, counted, and held while it is in use."""
