"""Facts in: one module per kind of source, behind one interface."""
