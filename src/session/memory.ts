/** Sessions in memory, gone with the process: for the embedded sandbox, which leaves the stored ones alone. */
import type { Session } from './session.ts';
import type { SessionStore } from './store.ts';

export function memoryStore(): SessionStore {
  const sessions = new Map<string, Session>();
  return {
    async open(name, network) {
      const key = `${network}/${name}`;
      return {
        get session() {
          return sessions.get(key);
        },
        async save(session) {
          sessions.set(key, session);
        },
        async remove() {
          sessions.delete(key);
        },
        async close() {},
      };
    },
  };
}
