// What stands on the pad: the names of its two controls and how far they go.

const SIZE = 12; // px
const GAP = 6;

/** axes: one or two of a Point; frame: {left, top, width, height} of the pad. */
export function drawScale({ context }, frame, axes, theme, palette) {
  const { left, top, width, height } = frame;
  const number = (value) => String(value).replace("-", "\u2212");
  const write = (text, x, y, align, baseline) => {
    Object.assign(context, { textAlign: align, textBaseline: baseline });
    context.fillText(text, x, y);
  };
  Object.assign(context, { font: `${SIZE}px ${theme.font}`, fillStyle: palette.muted });
  const [across, up] = axes;
  const middle = top + height / 2 + GAP;
  write(number(across.low), left + GAP, middle, "left", "top");
  write(`${across.label} \u2192 ${number(across.high)}`, left + width - GAP, middle, "right", "top");
  if (!up) return;
  const centre = left + width / 2 + GAP;
  write(`${number(up.high)} \u2191 ${up.label}`, centre, top + GAP, "left", "top");
  write(number(up.low), centre, top + height - GAP, "left", "bottom");
}
