"""What may be written into the cluster: decisions on the object and the cache, and the webhooks that ask them."""
