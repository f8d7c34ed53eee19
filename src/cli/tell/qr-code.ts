/**
 * Draws a QR code as text: each character holds two modules, one above the other.
 *
 * With colours it is black on white on any terminal. Without, the light modules are drawn, so a light terminal shows
 * the code inverted; scanners accept that.
 */
import encodeQR from 'qr';

/** Light modules around the code: half of the standard's four, enough for cameras. */
const BORDER = 2;

/** The rows of the code; true is dark. `border`: light modules around it. */
export function modulesOf(text: string, border: number): boolean[][] {
  return encodeQR(text, 'raw', { ecc: 'low', border });
}

/** Returns lines of equal width. */
export function drawQr(text: string, colored: boolean): string[] {
  const modules = modulesOf(text, BORDER);
  const lines: string[] = [];
  for (let y = 0; y < modules.length; y += 2) {
    const [upper = [], lower] = [modules[y], modules[y + 1]];
    const cells = upper.map((dark, x) => [dark, lower?.[x] ?? false] as const);
    lines.push(
      colored ? `${cells.map(([top, bottom]) => paint(top, bottom)).join('')}${RESET}` : cells.map(block).join(''),
    );
  }
  return lines;
}

const RESET = '\x1b[0m';

/** The upper half in the foreground colour, the lower half in the background colour. */
function paint(top: boolean, bottom: boolean): string {
  return `\x1b[${top ? 30 : 97};${bottom ? 40 : 107}m▀`;
}

function block([top, bottom]: readonly [boolean, boolean]): string {
  if (top) return bottom ? ' ' : '▄';
  return bottom ? '▀' : '█';
}
