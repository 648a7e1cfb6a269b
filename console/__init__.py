"""Floor 5: people's door."""
