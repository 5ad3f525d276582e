"""mlops-maturity: how mature machine-learning operations are, from what is said and what is shown."""
