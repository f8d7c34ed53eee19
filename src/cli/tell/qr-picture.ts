/** A QR code as a picture: black on white, with the border of four modules that the standard requires. */
import { crc32, deflateSync } from 'node:zlib';
import { concat, fromLe32, utf8 } from '../../bytes.ts';
import { modulesOf } from './qr-code.ts';

const BORDER = 4;
/** Pixels of a module. */
const SCALE = 8;

export function qrPicture(text: string, kind: 'svg' | 'png'): string | Uint8Array {
  const modules = modulesOf(text, BORDER);
  return kind === 'svg' ? svg(modules) : png(modules);
}

function svg(modules: readonly (readonly boolean[])[]): string {
  const size = modules.length;
  const path = modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size * SCALE}" height="${size * SCALE}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}h-${size}z"/><path d="${path}"/></svg>\n`;
}

/** One bit for each pixel (https://www.w3.org/TR/png-3/). */
function png(modules: readonly (readonly boolean[])[]): Uint8Array {
  const size = modules.length * SCALE;
  const rows = modules.flatMap((row) => {
    const bytes = Uint8Array.of(0, ...row.map((dark) => (dark ? 0x00 : 0xff))); // 0: the row is not filtered
    return Array.from({ length: SCALE }, () => bytes);
  });
  const head = concat(be32(size), be32(size), Uint8Array.of(1, 0, 0, 0, 0)); // 1 bit, greyscale
  const parts = { IHDR: head, IDAT: new Uint8Array(deflateSync(concat(...rows))), IEND: new Uint8Array(0) };
  return concat(SIGNATURE, ...Object.entries(parts).map(([name, data]) => chunk(name, data)));
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function be32(value: number): Uint8Array {
  return fromLe32(value).reverse();
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = concat(utf8(name), data);
  return concat(be32(data.length), body, be32(crc32(body)));
}
