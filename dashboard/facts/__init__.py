"""What a page tells, worked out from the store's rows: frozen data, no Streamlit, no colours."""
