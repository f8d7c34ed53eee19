/** Which of help.getConfig's dc_options this client can use (https://core.telegram.org/constructor/dcOption). */

import { isDc, isHost, isPort } from '../../tl/ranges.ts';
import type { currentText } from '../../tl/schema/current.ts';
import type { Constructors } from '../../tl/types.ts';
import type { TransportName } from '../../transport/names.ts';
import { isObfuscated } from '../../transport/transport.ts';
import type { Address } from '../datacentres.ts';

type DcOption = Constructors<typeof currentText>['dcOption'];

/** Of so many data centres, and so many addresses of each, the first ones are kept. */
const MOST_DCS = 30;
const MOST_ADDRESSES = 10;

/** The addresses that are of use, by DC. An option whose id, host or port cannot be is left out. */
export function addressesIn(
  options: readonly DcOption[],
  transport: TransportName | undefined,
): Readonly<Record<number, readonly Address[]>> {
  const found = new Map<number, Map<string, Address>>();
  for (const option of options) {
    const { id, ip_address: host, port } = option;
    if (!isUsable(option, transport) || (!found.has(id) && found.size === MOST_DCS)) continue;
    const known = found.get(id) ?? new Map<string, Address>();
    if (known.size < MOST_ADDRESSES) known.set(`${host} ${port}`, { host, port });
    found.set(id, known);
  }
  return Object.fromEntries([...found].map(([id, known]) => [id, [...known.values()]]));
}

/**
 * Whether it can be connected to: not one for media or files only, and one that takes only obfuscated streams not with another
 * transport. `undefined`: with each that may help.
 */
export function isUsable(option: DcOption, transport: TransportName | undefined): boolean {
  if (!isDc(option.id) || !isHost(option.ip_address) || !isPort(option.port)) return false;
  if (option.cdn === true || option.media_only === true || option.secret !== undefined) return false;
  return option.tcpo_only !== true || transport === undefined || isObfuscated(transport);
}
