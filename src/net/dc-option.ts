/** Which of help.getConfig's dc_options this client can use (https://core.telegram.org/constructor/dcOption). */
import type { currentText } from '../tl/schema/current.ts';
import type { Constructors } from '../tl/types.ts';
import type { TransportName } from '../transport/names.ts';
import { isObfuscated } from '../transport/wire.ts';

type DcOption = Constructors<typeof currentText>['dcOption'];

/** Not for media or files only, and, where only obfuscated streams are taken, not with another transport alone. `undefined`: with each that may help. */
export function isUsable(option: DcOption, transport: TransportName | undefined): boolean {
  if (option.cdn === true || option.media_only === true || option.secret !== undefined) return false;
  return option.tcpo_only !== true || transport === undefined || isObfuscated(transport);
}
