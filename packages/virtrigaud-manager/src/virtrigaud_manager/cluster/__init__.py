"""The Kubernetes API as the manager sees it: keys, the cache of watched objects, and the few writes."""
