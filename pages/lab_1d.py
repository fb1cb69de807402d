"""The 1-D laboratory: watch a GAN learn a distribution on the line."""

from ganlab.ui.live import live_view
from ganlab.ui.page import heading, page
from ganlab.ui.session import page_run

with page():
    run = page_run(1)
    heading(run)
    live_view(run)
