"""Signals of what changes to code show."""
