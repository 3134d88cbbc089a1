"""What a person asks for, done with `core`, `graph` and `edges`; nothing of its own."""
