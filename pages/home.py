"""The front door: what this is, one run training, and the way into the laboratories."""

from ganlab.ui.home import gallery, welcome
from ganlab.ui.page import page

with page():
    welcome()
    gallery()
