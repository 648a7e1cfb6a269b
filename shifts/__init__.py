"""Floor 2: who is on duty."""
