"""Signals of what tracked runs and the model registry show."""
