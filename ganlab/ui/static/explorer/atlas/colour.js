// What the atlas is coloured by. With pictures a colour is the dark ground under white digits;
// without them, and for points, it is a map.

import { ramp, rgb } from "../../shell/theme.js";

const BRIGHTEST = 0.18; // luminance of a ground on which white digits can be read
const NIGHT = [26, 30, 36]; // D undecided, under digits
const STRONG = 0.75; // of its full colour has a tile already at D = 1/4 and D = 3/4
const STEPS = 16;

/** A colour of OKLab (Ottosson 2020), in which equal steps look equal, as [r, g, b] 0 to 255. */
export function oklab(lightness, a, b) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map(encode);
}

// Linear light to sRGB, 0 to 255, and back.
const curve = (c) => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);
const encode = (c) => 255 * Math.min(1, Math.max(0, curve(c)));
const decode = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);

/** Violet through red to yellow, evenly in lightness; under digits only as bright as they allow. */
function heat(pictures) {
  const top = pictures ? 0.6 : 0.88;
  return Array.from({ length: STEPS }, (_, i) => {
    const share = i / (STEPS - 1);
    const hue = ((-75 + share * (pictures ? 130 : 170)) * Math.PI) / 180;
    const chroma = 0.04 + 0.13 * Math.sin(Math.PI * (0.15 + 0.7 * share));
    return oklab(0.2 + (top - 0.2) * share, chroma * Math.cos(hue), chroma * Math.sin(hue));
  });
}

const luminance = ([r, g, b]) => 0.2126 * decode(r) + 0.7152 * decode(g) + 0.0722 * decode(b);

/** A colour darkened until white digits can be read on it. */
export function dimmed(colour) {
  const scale = Math.min(1, BRIGHTEST / Math.max(luminance(colour), 1e-6));
  return colour.map((value) => encode(decode(value) * scale));
}

/** What can be read on a CSS colour, at 4.5 : 1 and more. */
export function inkOn(colour) {
  return luminance(rgb(colour)) > BRIGHTEST ? "black" : "white";
}

const mix = (a, b, share) => a.map((value, i) => value + share * (b[i] - value));
const css = (colour) => `rgb(${colour.map(Math.round).join(" ")})`;
const along = (stops) => {
  const bytes = new Uint8Array(ramp(stops.map(css)).buffer);
  return (share) => {
    const at = 4 * Math.round(255 * Math.min(Math.max(share, 0), 1));
    return [bytes[at], bytes[at + 1], bytes[at + 2]];
  };
};

/** Colours by a number on its range: {stops, ground}. */
const scaled = (name) => ({ pictures, ranges }) => {
  const [stops, [low, high]] = [heat(pictures), ranges[name] ?? [0, 1]];
  const colour = along(stops);
  const ground = ({ numbers }, i) => {
    const value = numbers[name]?.[i];
    if (!Number.isNaN(value ?? NaN)) return colour((value - low) / (high - low));
    return undefined;
  };
  return { stops: stops.map(css), ground };
};

function believed({ pictures, palette }) {
  const strong = [palette["believes-fake"], palette["believes-real"]].map(rgb);
  const dark = [dimmed(strong[0]), NIGHT, dimmed(strong[1])];
  const [fake, unsure, real] = pictures ? dark : palette.belief.map(rgb);
  const stops = [fake, mix(unsure, fake, STRONG), unsure, mix(unsure, real, STRONG), real];
  const colour = along(stops);
  return { stops: stops.map(css), ground: ({ numbers }, i) => colour(numbers.score?.[i] ?? 0.5) };
}

function classed({ pictures, palette }) {
  const colours = palette.classes.map(rgb).map((colour) => (pictures ? dimmed(colour) : colour));
  const unsure = pictures ? [0, 0, 0] : rgb(palette.page);
  const ground = ({ numbers }, i) => {
    const colour = colours[numbers.class?.[i]];
    return colour && mix(unsure, colour, Math.min(1, 0.15 + 0.85 * numbers.sure[i]));
  };
  return { stops: colours.map(css), ground };
}

/** Where G(z) lies in the data: two coordinates as two directions of colour, one as a ramp. */
function placed({ ranges, palette }) {
  const middle = rgb(palette.page)[0] > 128 ? 0.68 : 0.74;
  const share = (value, k) => {
    const [low, high] = ranges[`place${k}`] ?? [-1, 1];
    return Math.min(1, Math.max(-1, (2 * (value - low)) / (high - low) - 1));
  };
  const ground = ({ x, each }, i) => {
    const [a, b] = [share(x[each * i], 0), each > 1 ? share(x[each * i + 1], 1) : 0];
    return each > 1
      ? oklab(middle, 0.15 * a, 0.15 * b)
      : oklab(middle, 0.15 * Math.sin((a * Math.PI) / 2), -0.13 * Math.cos((a * Math.PI) / 1.4));
  };
  return { stops: [], ground };
}

const plain = () => ({ stops: [], ground: () => undefined });

// stretch: whether it takes the generator's derivatives, which cost more than the pictures.
export const COLOURS = {
  pictures: { label: "Pictures alone", applies: ({ image }) => image, make: plain },
  place: { label: "Where z lands", applies: ({ image }) => !image, make: placed },
  class: { label: "Class", applies: ({ about }) => about.classes > 0, make: classed },
  score: { label: "D\u2019s score", applies: ({ about }) => about.discriminator, make: believed },
  stretch: { label: "Stretching", applies: () => true, make: scaled("stretch"), stretch: true },
  volume: { label: "Volume", applies: ({ line }) => !line, make: scaled("volume"), stretch: true },
};
