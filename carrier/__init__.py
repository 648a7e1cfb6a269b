"""Floor 2: how we speak to the telephone network."""
