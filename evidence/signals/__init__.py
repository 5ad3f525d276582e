"""Signals: pure functions from the records of a team in a window to a reading."""
