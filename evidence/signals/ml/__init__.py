"""Delivery of models: from data and code to what serves, and back."""
