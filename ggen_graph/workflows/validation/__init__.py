"""Validation: packs, projects and graphs against what must hold of them; every fault with its place."""
