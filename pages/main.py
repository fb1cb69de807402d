"""Navigation: which pages there are, and where."""

import streamlit as st

from ganlab.ui import STATIC
from ganlab.ui.labs import LABS

st.set_page_config(page_title="ganlab", page_icon=STATIC / "icon.svg", layout="wide")
labs = [st.Page(f"{lab.path}.py", title=lab.title) for lab in LABS.values()]
home = st.Page("home.py", title="Home", default=True)
latent = st.Page("latent.py", title="Latent explorer")
st.navigation([home, *labs, latent], position="top").run()
