/**
 * A QR code in the terminal. Two modules share a character cell, one above the other. In colours it is black on white whatever the terminal's own
 * are; without, light modules are drawn, as on a dark terminal, and a light one shows it inverted, which readers take too.
 */
import encodeQR from 'qr';

/** Light modules around it: half of what the standard wants, enough for cameras. */
const BORDER = 2;

/** Lines of text, all of the same width. */
export function drawQr(text: string, colored: boolean): string[] {
  const modules = encodeQR(text, 'raw', { ecc: 'low', border: BORDER });
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

/** The upper half in the colour of the text, the lower one in that behind it. */
function paint(top: boolean, bottom: boolean): string {
  return `\x1b[${top ? 30 : 97};${bottom ? 40 : 107}m▀`;
}

function block([top, bottom]: readonly [boolean, boolean]): string {
  if (top) return bottom ? ' ' : '▄';
  return bottom ? '▀' : '█';
}
