"""Runs that train while somebody watches: worker process, hub and frames. No Streamlit here."""
