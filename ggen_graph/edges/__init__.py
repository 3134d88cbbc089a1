"""What touches the world: files, locks, archives, registries, configuration. Values come from and go to `core`."""
