"""Engines: the same inputs in, the same trajectory out."""
