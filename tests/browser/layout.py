"""Whether anything on a page sticks out or lies over something else."""

from __future__ import annotations

# What should keep clear of one another; what scrolls inside a box of its own stands for itself.
APART = (
    ".gl-bar-place .gl-button, .gl-speed input, .gl-speed-words, .gl-until-field, .gl-state, "
    ".gl-counter, .gl-narration, .gl-settings, .gl-picture, .gl-chart-bar .gl-button, "
    ".gl-smoothing, .gl-chart, .gl-door, .gl-lesson, .gl-head h1, [data-testid=stSelectbox]"
)
INSIDE = (  # the same, within a settings' column, a picture and a chart
    ".gl-settings :is(input, select, button, .gl-name)",
    ".gl-picture :is(canvas, .gl-sentence, .gl-latent-readout, .gl-verdicts)",
    ".gl-chart-tools .gl-button",
    ".gl-history-rail, .gl-history-strip, .gl-flags",
)
LOOK = """([selector, width]) => {
  const seen = (node) => node.checkVisibility({ visibilityProperty: true });
  const nodes = [...document.querySelectorAll(selector)].filter(seen);
  const boxes = nodes.map((node) => ({ node, box: node.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 1 && box.height > 1);
  const name = ({ node, box: { left, top, right, bottom } }) => {
    const words = node.getAttribute("aria-label") || node.textContent.slice(0, 30);
    const corners = [left, top, right, bottom].map(Math.round);
    return `${node.tagName}.${node.className} "${words}" at ${corners}`;
  };
  const over = (a, b) => !a.node.contains(b.node) && !b.node.contains(a.node)
    && Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1
    && Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 1;
  const out = boxes.filter(({ box }) => box.left < -1 || box.right > width + 1);
  const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => over(a, b))
    .map((b) => `${name(a)} lies over ${name(b)}`));
  const wide = out.map((each) => `${name(each)} sticks out`);
  return { seen: boxes.length, wrong: [...wide, ...pairs] };
}"""
SCROLLS = """
  [document.documentElement, ...document.querySelectorAll('[data-testid="stMain"]')]
    .filter((node) => node.scrollWidth > node.clientWidth)
    .map((node) => `${node.tagName} is ${node.scrollWidth} wide in ${node.clientWidth}`)
"""


def misplaced(page) -> list[str]:
    """Sentences about everything that is wide or lies over something else."""
    width = page.viewport_size["width"]
    looks = [page.evaluate(LOOK, [selector, width]) for selector in (APART, *INSIDE)]
    assert looks[0]["seen"] > 5
    return [*page.evaluate(SCROLLS), *(wrong for look in looks for wrong in look["wrong"])]
