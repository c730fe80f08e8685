// What each taste's tile shows, on a canvas of 120 by 90. A motif takes `vary(from, to)` and gives shapes of the classes
// a, b, c (filled) and line-a, line-b, line-c (drawn).

import { shape } from './element.js';

const circle = (kind, cx, cy, r) => shape('circle', { class: kind, cx, cy, r });
const path = (kind, d) => shape('path', { class: kind, d });
const line = (kind, x1, y1, x2, y2) => path(kind, `M${x1} ${y1} L${x2} ${y2}`);
const times = (count, draw) => Array.from({ length: count }, (_, at) => draw(at)).flat();
const around = (at, of, radius) => {
  const angle = (at / of) * 2 * Math.PI;
  return [Math.cos(angle) * radius, Math.sin(angle) * radius];
};

/** Motifs by taste. */
export const MOTIFS = { garden, kitchen, camping, music, painting, cycling, sewing, astronomy };

/** For an item of no known taste. */
export function plain(vary) {
  return [circle('b', 60, 45, 24), circle('a', 60, 45, vary(8, 14))];
}

// Three stems with leaves in pairs.
function garden(vary) {
  return times(3, (at) => {
    const [x, top] = [30 + at * 30 + vary(-6, 6), vary(14, 40)];
    const leaves = times(3, (pair) => {
      const [y, reach] = [top + 12 + pair * 17, vary(10, 17)];
      return [reach, -reach].map((side) => path(pair % 2 ? 'a' : 'b', leaf(x, y, side, reach * 0.7)));
    });
    return [line('line-a', x, 90, x, top), ...leaves, circle('c', x, top, vary(3, 6))];
  });
}

function leaf(x, y, side, rise) {
  const back = side > 0 ? -2 : 2;
  return `M${x} ${y} q${side * 0.3} ${-rise * 1.4} ${side} ${-rise} q${back} ${rise} ${-side} ${rise}z`;
}

// A plate from above, with a smaller one at its side and a spoon.
function kitchen(vary) {
  const [x, r] = [vary(42, 62), vary(25, 32)];
  const [side, small] = [x + r + vary(9, 15), vary(11, 16)];
  const spoon = x - r - 10;
  return [
    circle('b', x, 46, r),
    circle('ground', x, 46, r * 0.72),
    circle('c', x + vary(-6, 6), 46 + vary(-5, 5), r * 0.36),
    circle('a', side, vary(26, 64), small),
    line('line-a', spoon, 24, spoon, 76),
    shape('ellipse', { class: 'a', cx: spoon, cy: 24, rx: 4.5, ry: 8 }),
  ];
}

// A tent between hills, under a sun.
function camping(vary) {
  const [x, width] = [vary(44, 72), vary(24, 34)];
  const hill = vary(48, 62);
  return [
    circle('c', vary(54, 104), vary(16, 26), vary(7, 11)),
    path('b', `M-5 90 L${vary(14, 34)} ${hill - 14} L62 90z M48 90 L${vary(86, 104)} ${hill - 6} L130 90z`),
    path('a', `M${x - width} 80 L${x} ${vary(34, 42)} L${x + width} 80z`),
    path('ground', `M${x - width * 0.28} 80 L${x} 54 L${x + width * 0.28} 80z`),
    path('a', 'M0 80 H120 V90 H0z'),
  ];
}

// A record, and a bar for each beat.
function music(vary) {
  const [x, y] = [vary(30, 46), vary(38, 50)];
  const bars = times(5, (at) => {
    const height = vary(14, 62);
    return shape('rect', { class: at % 2 ? 'b' : 'c', x: 82 + at * 8, y: 76 - height, width: 5, height, rx: 2.5 });
  });
  const grooves = [23, 17].map((r) => circle('line-ground', x, y, r));
  return [circle('a', x, y, 30), ...grooves, circle('c', x, y, 10), circle('ground', x, y, 2), ...bars];
}

// Broad strokes of a brush, one over the other.
function painting(vary) {
  const strokes = ['stroke-b', 'stroke-c', 'stroke-a'].map((kind, at) => {
    const y = 24 + at * 21;
    const [begin, end] = [`${vary(10, 26)} ${y + vary(-6, 6)}`, `${vary(92, 110)} ${y + vary(-6, 6)}`];
    return path(kind, `M${begin} C${vary(36, 48)} ${y - vary(8, 22)} ${vary(64, 76)} ${y + vary(8, 22)} ${end}`);
  });
  const drops = ['c', 'b'].map((kind, at) => circle(kind, vary(14, 106), vary(74, 80) - at * 62, vary(2, 5)));
  return [...strokes, ...drops];
}

// Two wheels and a frame on a road.
function cycling(vary) {
  const [y, r] = [58, vary(17, 21)];
  const [back, front] = [32 + vary(-2, 2), 88 + vary(-2, 2)];
  const turn = vary(0, 1);
  const wheel = (x) => [
    circle('line-a', x, y, r),
    ...times(7, (at) => {
      const [dx, dy] = around(at + turn, 7, r);
      return line('thin-b', x, y, x + dx, y + dy);
    }),
  ];
  const frame = `M${back} ${y} L48 32 H78 L60 ${y} L48 32 M60 ${y} H${back}`;
  const forkAndSaddle = `M${front} ${y} L76 25 h7 M43 27 h11`;
  const road = line('line-b', 0, y + r + 3, 120, y + r + 3);
  return [...wheel(back), ...wheel(front), path('line-c', frame + forkAndSaddle), road];
}

// Rows of stitches, and a button.
function sewing(vary) {
  const seams = times(4, (at) => {
    const y = 14 + at * 21;
    return path(at % 2 ? 'stitch-b' : 'stitch-a', `M-4 ${y} Q${vary(25, 45)} ${y - vary(-14, 14)} 60 ${y} T124 ${y}`);
  });
  const [x, y, r] = [vary(34, 86), vary(36, 54), vary(15, 20)];
  const holes = times(4, (at) => circle('ground', x + (at % 2 ? 4 : -4), y + (at < 2 ? 4 : -4), 1.8));
  return [...seams, circle('c', x, y, r), circle('line-ground', x, y, r - 4), ...holes];
}

// A planet with a ring, its moon's orbit, and stars.
function astronomy(vary) {
  const [x, y, r] = [vary(44, 76), vary(38, 52), vary(12, 18)];
  const stars = times(11, () => circle('c', vary(4, 116), vary(4, 86), vary(0.5, 1.5)));
  const tilted = { transform: `rotate(${vary(-32, 32)} ${x} ${y})` };
  const [moonX, moonY] = around(vary(0, 8), 8, r + 20);
  return [
    ...stars,
    circle('thin-b', x, y, r + 20),
    circle('b', x + moonX, y + moonY, 3.2),
    circle('a', x, y, r),
    shape('ellipse', { class: 'line-c', cx: x, cy: y, rx: r * 1.75, ry: r * 0.45, ...tilted }),
  ];
}
