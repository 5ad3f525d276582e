"""Pure builders: frozen data and colour tokens in, an Altair chart out. No Streamlit here."""
