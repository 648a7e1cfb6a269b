"""Floor 5: the carrier's door."""
