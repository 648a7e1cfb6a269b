"""Who of those on shift is there: checked in, late, on a break, gone, stood in for, and what is told of it."""
