"""`helpline doctor`: whether this line will really answer, and what to do where it would not."""
