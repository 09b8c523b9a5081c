"""Who asks, and what they may do: identities, tokens, RBAC, and the rules against giving away more than one has."""
