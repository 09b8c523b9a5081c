"""One package per reconciled kind, each with the same modules: observation, observe, actions, plan, act, report."""
