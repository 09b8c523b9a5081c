"""Rules that a write must pass, and the clean-up that a deletion sets off."""
