"""The image laboratory: watch a GAN learn to draw digits."""

from ganlab.ui.live import live_view
from ganlab.ui.page import heading, page
from ganlab.ui.session import page_run

with page():
    run = page_run("image")
    heading(run)
    live_view(run)
