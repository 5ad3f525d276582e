"""Telling: the Streamlit pages and the charts they draw."""
