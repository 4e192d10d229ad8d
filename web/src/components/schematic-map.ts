/**
 * The six county units as a drawing of our own on a grid of 100 × 70 (示意图，不代表行政界线).
 * Real borders come only with an approved map and its 审图号.
 */
export const SCHEMATIC_NAME = 'jincheng-schematic';

type Ring = readonly (readonly [number, number])[];

const UNITS: readonly {
  code: string;
  name: string;
  outline: Ring;
  hole?: Ring;
  centre: [number, number];
}[] = [
  {
    code: '140521',
    name: '沁水县',
    outline: [
      [0, 18],
      [30, 0],
      [46, 6],
      [46, 30],
      [46, 36],
      [30, 36],
      [10, 42],
      [0, 34],
    ],
    centre: [24, 22],
  },
  {
    code: '140581',
    name: '高平市',
    outline: [
      [46, 6],
      [70, 10],
      [70, 30],
      [46, 30],
    ],
    centre: [58, 19],
  },
  {
    code: '140524',
    name: '陵川县',
    outline: [
      [70, 14],
      [100, 20],
      [100, 44],
      [70, 46],
    ],
    centre: [85, 31],
  },
  {
    code: '140522',
    name: '阳城县',
    outline: [
      [10, 42],
      [30, 36],
      [46, 36],
      [46, 66],
      [14, 64],
    ],
    centre: [29, 52],
  },
  {
    code: '140525',
    name: '泽州县',
    outline: [
      [46, 30],
      [70, 30],
      [70, 46],
      [84, 52],
      [78, 66],
      [46, 66],
    ],
    hole: [
      [54, 40],
      [64, 40],
      [64, 50],
      [54, 50],
    ],
    centre: [66, 58],
  },
  {
    code: '140502',
    name: '城区',
    outline: [
      [54, 40],
      [64, 40],
      [64, 50],
      [54, 50],
    ],
    centre: [59, 45],
  },
];

/** The drawing's y grows downwards, a map's upwards. */
const ring = (points: Ring) =>
  [...points, points[0] as readonly [number, number]].map(([x, y]) => [x, 70 - y]);

export const SCHEMATIC = {
  type: 'FeatureCollection',
  features: UNITS.map(({ code, name, outline, hole, centre: [x, y] }) => ({
    type: 'Feature',
    properties: { name, adcode: code, cp: [x, 70 - y] },
    geometry: {
      type: 'Polygon',
      coordinates: hole === undefined ? [ring(outline)] : [ring(outline), ring(hole)],
    },
  })),
};

export const COUNTIES = UNITS.map(({ code, name }) => ({ code, name }));
