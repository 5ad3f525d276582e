"""What to look at and what to ask: settings, and the catalogue of practices as data."""
