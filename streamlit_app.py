"""The dashboard: `streamlit run streamlit_app.py`."""

import streamlit as st

import ganlab.ui.live  # noqa: F401  (the first visitor finds plotly loaded and the charts made)
from ganlab.live.routes import routes
from ganlab.live.server import HUB, lifespan
from ganlab.ui import STATIC

app = st.App("pages/main.py", routes=routes(HUB, STATIC), lifespan=lifespan)
