import { END, type PlacedEdge, type PlacedMap, START } from './lay-out-map.ts';

/** What an arrow says and how dark it is; the drawing on the page and the picture say the same. */
export interface ArrowLook {
  readonly text: string;
  /** 0–4 by the median time. */
  readonly tone: number;
}

/** Colours on white paper, whatever theme the page has. */
export const PAPER = {
  ...{ text: '#1f2937', box: '#1d5fa8', end: '#6b7280', tip: '#6b7280' },
  tones: ['#93bde3', '#5596cc', '#e08a00', '#c2453b', '#8b1a1a'],
} as const;
const SCALE = 2;
const TIP = 8;

/**
 * Paints a map as a picture (PNG). The page's policy loads no image but from the server, not even its
 * own drawing, so it is painted and not copied.
 */
export function paintMap(
  map: PlacedMap,
  lookOf: (edge: PlacedEdge) => ArrowLook,
): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = map.width * SCALE;
  canvas.height = map.height * SCALE;
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  context.scale(SCALE, SCALE);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, map.width, map.height);
  context.font = '13px sans-serif';
  context.textAlign = 'center';
  for (const edge of map.edges) paintLine(context, edge, lookOf(edge).tone);
  for (const edge of map.edges) {
    if (edge.edge === null) continue;
    context.fillStyle = '#fff';
    context.fillRect(edge.x - 30, edge.y - 10, 60, 19);
    write(context, lookOf(edge).text, edge.x, edge.y + 4);
  }
  for (const { activity, x, y, width, height, count } of map.nodes) {
    const end = activity === START || activity === END;
    context.fillStyle = '#fff';
    context.strokeStyle = end ? PAPER.end : PAPER.box;
    context.lineWidth = 1.4;
    context.fillRect(x - width / 2, y - height / 2, width, height);
    context.strokeRect(x - width / 2, y - height / 2, width, height);
    write(context, activity, x, y + (end ? 5 : -2), width - 8);
    if (!end) write(context, count.toLocaleString('zh-CN'), x, y + 15);
  }
  return canvas;
}

/** Text that is wider than its box is set narrower. */
function write(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  most?: number,
): void {
  context.fillStyle = PAPER.text;
  context.fillText(text, x, y, most);
}

function paintLine(context: CanvasRenderingContext2D, edge: PlacedEdge, tone: number): void {
  context.strokeStyle = PAPER.tones[tone] ?? PAPER.tones[0];
  context.lineWidth = edge.stroke;
  context.stroke(new Path2D(edge.path));
  const [fromX = 0, fromY = 0, x = 0, y = 0] = numbersOf(edge.path).slice(-4);
  const angle = Math.atan2(y - fromY, x - fromX);
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.fillStyle = PAPER.tip;
  context.beginPath();
  context.moveTo(0, 0);
  context.lineTo(-TIP, -TIP / 2);
  context.lineTo(-TIP, TIP / 2);
  context.fill();
  context.restore();
}

const numbersOf = (path: string): number[] => (path.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
