"""One module a step, named by its number. Steps that have been released are never edited."""
