/** Picks the dc_options of help.getConfig that this client can use (https://core.telegram.org/constructor/dcOption). */
import { isDc, isHost, isPort } from '../../tl/ranges.ts';
import type { currentText } from '../../tl/schema/current.ts';
import type { Constructors } from '../../tl/types.ts';
import type { TransportName } from '../../transport/names.ts';
import { isObfuscated } from '../../transport/transport.ts';
import type { Address } from '../datacentres.ts';

type DcOption = Constructors<typeof currentText>['dcOption'];

/** Only the first data centres, and the first addresses of each, are kept. */
const MAX_DCS = 30;
const MAX_ADDRESSES = 10;

/** Returns the usable addresses by DC. */
export function addressesIn(
  options: readonly DcOption[],
  transport: TransportName | undefined,
): Readonly<Record<number, readonly Address[]>> {
  const found = new Map<number, Map<string, Address>>();
  for (const option of options) {
    const { id, ip_address: host, port } = option;
    if (!isUsable(option, transport) || (!found.has(id) && found.size === MAX_DCS)) continue;
    const known = found.get(id) ?? new Map<string, Address>();
    if (known.size < MAX_ADDRESSES) known.set(`${host} ${port}`, { host, port });
    found.set(id, known);
  }
  return Object.fromEntries([...found].map(([id, known]) => [id, [...known.values()]]));
}

/**
 * Whether a client can connect there: the id, host and port are possible, it is not for media or files only, and an
 * address for obfuscated streams gets no other transport (`undefined`: one that may work).
 */
export function isUsable(option: DcOption, transport: TransportName | undefined): boolean {
  if (!isDc(option.id) || !isHost(option.ip_address) || !isPort(option.port)) return false;
  if (option.cdn === true || option.media_only === true || option.secret !== undefined) return false;
  return option.tcpo_only !== true || transport === undefined || isObfuscated(transport);
}
