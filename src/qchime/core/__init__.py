"""What every service stands on: who calls, where state is kept, and the way of a request."""
