"""What VMClass and VMNetworkAttachment have in common: counted, and held while machines refer to them."""
