"""Navigation: which pages there are, and where."""

import streamlit as st

from ganlab.ui import STATIC

st.set_page_config(page_title="ganlab", page_icon=STATIC / "icon.svg", layout="wide")
st.navigation([st.Page("lab_2d.py", title="2-D lab", default=True)], position="hidden").run()
