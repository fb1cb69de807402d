"""The 2-D laboratory: watch a GAN learn a distribution in the plane."""

from ganlab.ui.live import live_view
from ganlab.ui.page import heading, page
from ganlab.ui.session import page_run

with page():
    run = page_run(2)
    heading(run)
    live_view(run)
