"""Floor 4: how grave a contact is, and who is brought in."""
