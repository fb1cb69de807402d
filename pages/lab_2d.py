"""The 2-D laboratory: watch a GAN learn a distribution in the plane."""

from ganlab.ui.page import heading, page
from ganlab.ui.panels.plane import plane
from ganlab.ui.session import page_run

with page():
    run = page_run("ring8")
    heading(run)
    plane(run)
