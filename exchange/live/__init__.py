"""The exchange in real time: what a separate process needs around the engine, one job to a module."""
