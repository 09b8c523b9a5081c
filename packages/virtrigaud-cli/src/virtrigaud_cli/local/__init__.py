"""The whole system on a laptop: API server, manager and pod runner as processes below one state folder."""
