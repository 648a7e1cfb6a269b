"""How people take, give and swap their shifts, and the rules by which each change is judged."""
