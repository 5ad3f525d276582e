"""The records of one team, indexed so that a signal can ask for a window of them cheaply."""
