"""Floor 6: builds and starts everything."""
