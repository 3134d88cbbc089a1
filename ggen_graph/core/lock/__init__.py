"""A lock: its text, whether it is right, what differs between two, and what two branches make of it."""
