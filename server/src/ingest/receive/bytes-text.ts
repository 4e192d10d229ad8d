const UNITS = ['字节', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Writes a number of bytes for people, e.g. `1.5 GiB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || Number.isInteger(value) ? value.toString() : value.toFixed(1);
  return `${digits} ${UNITS[unit] ?? ''}`;
}
