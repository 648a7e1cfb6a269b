"""What the coming weeks look like: whether enough are there, what comes in, how long callers wait, who is told."""
