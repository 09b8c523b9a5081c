"""The providers as the manager sees them: connections, breakers, events and the machines last seen."""
