// The ways to find directions, what each means, and who found it.

const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}\u2009%`;
const sum = (shares) => shares.reduce((all, share) => all + share, 0);

export const METHODS = {
  features: {
    title: "Features",
    words: "What changes most in G\u2019s first hidden layer over many latents: its principal components, "
      + "carried back to z by least squares.",
    source: { text: "GANSpace, H\u00e4rk\u00f6nen et al. 2020", address: "https://arxiv.org/abs/2004.02546" },
    head: "Share of variance",
    shares: (shares) => `The share is the part of that layer\u2019s variance along a direction; these `
      + `${shares.length} hold ${percent(sum(shares))} of it.`,
    key: (i) => `main:${i + 1}`, // those the explorer starts with
    name: (i) => `main ${i + 1}`,
    share: percent,
    applies: () => true,
  },
  weights: {
    title: "Weights",
    words: "What G\u2019s first layer amplifies most: the right singular vectors of its weights, found "
      + "without a single sample.",
    source: { text: "SeFa, Shen and Zhou 2021", address: "https://arxiv.org/abs/2007.06600" },
    head: "Share of gain",
    shares: (shares) => `The share is the part of the squared singular values; these ${shares.length} `
      + `hold ${percent(sum(shares))} of them. Equal shares mean that no direction stands out.`,
    key: (i) => `weights:${i + 1}`,
    name: (i) => `weights ${i + 1}`,
    share: percent,
    applies: () => true,
  },
  classes: {
    title: "Classes",
    words: "From the mean latent of all samples to the mean latent of those that the classifier takes "
      + "for one class.",
    source: { text: "vector arithmetic, Radford et al. 2016", address: "https://arxiv.org/abs/1511.06434" },
    head: "Distance",
    shares: () => "The bar is the distance of a class\u2019s mean from the mean of all, in units of z: "
      + "the longer, the better z\u2019s direction tells the class.",
    key: (i) => `class:${i}`,
    name: (i) => `towards ${i}`,
    share: (length) => length.toFixed(2),
    applies: (about) => about.classes > 0,
  },
};
