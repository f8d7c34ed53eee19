/** Adds an entry to a map, and drops the oldest one if there are more than `most`. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V, most = 1000): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  for (const oldest of map.keys()) return void map.delete(oldest);
}
