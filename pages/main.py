"""Navigation: which pages there are, and where."""

import streamlit as st

from ganlab.ui import STATIC
from ganlab.ui.labs import LABS

st.set_page_config(page_title="ganlab", page_icon=STATIC / "icon.svg", layout="wide")
labs = [st.Page(f"{lab.path}.py", title=lab.title) for lab in LABS.values()]
st.navigation([st.Page("home.py", title="Home", default=True), *labs], position="top").run()
