// A tile for an item: its taste's motif, varied by the item's number. Colours are the style sheet's (tile.css).

import { shape } from './element.js';
import { MOTIFS, plain } from './motifs.js';

/** Ways in which a taste's colours are dealt out. */
const SHADES = 3;

/** A drawing for an item that stands beside its title: a screen reader passes over it. */
export function tile({ itemId, taste }) {
  const number = Number(/-(\d+)$/.exec(itemId)?.[1] ?? 0);
  const motif = MOTIFS[taste] ?? plain;
  const shade = (number + (taste ?? '').length) % SHADES; // Neighbours of several tastes do not all have the same.
  const attributes = { class: 'tile', viewBox: '0 0 120 90', preserveAspectRatio: 'xMidYMid slice', 'aria-hidden': 'true' };
  return shape('svg', { ...attributes, 'data-taste': taste, 'data-shade': shade }, ...motif(variation(number)));
}

// Numbers between two bounds, spread evenly over the items by steps of irrational size; the same for the same item.
function variation(number) {
  let step = 0;
  return (from, to) => {
    step += 0.37;
    return Math.round((from + ((number * (0.618034 + step) + step) % 1) * (to - from)) * 10) / 10;
  };
}
