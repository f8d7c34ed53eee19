/** The sandbox's memory is bounded. */

const MOST = 1000;

/** Adds an entry; the oldest one goes when there are too many. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MOST) return;
  for (const oldest of map.keys()) return void map.delete(oldest);
}
