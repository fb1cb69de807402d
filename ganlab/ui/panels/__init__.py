"""One file per panel of the dashboard."""
