"""Stand-ins for serving engines: the parts of their interfaces that Hallmark's adapters touch, with the order of
calls of the released wheels, so that the adapters are tested where no engine is installed."""
