"""Floor 1: the nouns of a helpline and the ground they stand on."""
