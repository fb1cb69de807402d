// Streamlit's theme as seen from a component: its CSS variables, and whether it is dark.

const scratch = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** [r, g, b], 0 to 255, of any CSS colour. */
export function rgb(colour) {
  scratch.clearRect(0, 0, 1, 1);
  scratch.fillStyle = colour;
  scratch.fillRect(0, 0, 1, 1);
  return [...scratch.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

export function readTheme(element) {
  const style = getComputedStyle(element);
  const value = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const background = value("background-color") || "white";
  const [r, g, b] = rgb(background);
  return {
    background,
    text: value("text-color") || "black",
    font: value("font") || "sans-serif",
    dark: 0.2126 * r + 0.7152 * g + 0.0722 * b < 128,
  };
}

/** 256 colours (RGBA, one word each) along evenly spaced stops, for values 0 to 255. */
export function ramp(stops) {
  const colours = stops.map(rgb);
  const table = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i += 1) {
    const place = (i / 255) * (colours.length - 1);
    const low = Math.min(Math.floor(place), colours.length - 2);
    for (let c = 0; c < 3; c += 1) {
      table[4 * i + c] = colours[low][c] + (place - low) * (colours[low + 1][c] - colours[low][c]);
    }
    table[4 * i + 3] = 255;
  }
  return new Uint32Array(table.buffer);
}
