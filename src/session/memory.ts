/** Sessions in memory, for the embedded sandbox. Nothing is stored. */
import { StoreError } from '../errors.ts';
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
        sealed: false,
        async save(session) {
          sessions.set(key, session);
        },
        async setPassphrase() {},
        async remove() {
          sessions.delete(key);
        },
        async close() {},
      };
    },
    list: () =>
      [...sessions.keys()].sort().map((key) => {
        const [network = '', name = ''] = key.split('/');
        return { network, name };
      }),
    peek: (name, network) => sessions.get(`${network}/${name}`),
    async remove(name, network) {
      sessions.delete(`${network}/${name}`);
    },
    async rename(from, to, network) {
      const session = sessions.get(`${network}/${from}`);
      if (session === undefined) throw new StoreError('STORE_MISSING', { session: from });
      if (sessions.has(`${network}/${to}`)) throw new StoreError('STORE_EXISTS', { session: to });
      sessions.delete(`${network}/${from}`);
      sessions.set(`${network}/${to}`, session);
    },
  };
}
