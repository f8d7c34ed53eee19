/** What a client gets of the outside, and who observes it. Loaded also without `--trace`. */
import type { Now, Random } from '../../bytes.ts';
import type { Trace } from '../../net/wire-event.ts';

export interface Watched {
  readonly random: Random;
  readonly now: Now;
  /** Gets the lines of `--verbose`. */
  readonly trace: (line: string) => void;
  readonly observe?: Trace;
}

/** `tracing`: the recorder of `--trace`. It gets the lines of `--verbose` too. */
export function watchedBy(
  outside: Pick<Watched, 'random' | 'now'>,
  out: { trace(line: string): void },
  tracing: Pick<Required<Watched>, 'random' | 'now' | 'observe'> | undefined,
): Watched {
  const { random, now } = tracing ?? outside;
  if (tracing === undefined) return { random, now, trace: (line) => out.trace(line) };
  const { observe } = tracing;
  const trace = (line: string) => {
    out.trace(line);
    observe(line);
  };
  return { random, now, trace, observe };
}
