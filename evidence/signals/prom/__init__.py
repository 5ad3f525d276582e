"""Signals of what serving and its alerts show."""
