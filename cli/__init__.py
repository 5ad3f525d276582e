"""The same in a terminal: one module per command."""
