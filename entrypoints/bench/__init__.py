"""How fast the line is: the real stack under calls, and the routing engine by itself."""
