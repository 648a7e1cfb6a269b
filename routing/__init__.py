"""Floor 3: who gets this contact, and why."""
