"""How the command line and the pod runner speak to a Kubernetes API server."""
