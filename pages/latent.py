"""The latent explorer: play a generator, bundled, saved, or still training."""

from ganlab.ui.explorer import explorer, introduction
from ganlab.ui.page import page
from ganlab.ui.session import explored

with page():
    shown = explored()
    introduction(shown)
    explorer(shown)
