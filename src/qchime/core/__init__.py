"""The foundation of every service: identifying the caller, keeping state, dispatching requests."""
