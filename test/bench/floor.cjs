/** The least that a client does: loads net and crypto, connects, hashes, encrypts a block, writes a line. */
const { createCipheriv, createHash } = require('node:crypto');
const { connect, createServer } = require('node:net');

const key = createHash('sha256').update('floor').digest();
createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(key);
const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => {
  const socket = connect(server.address().port, '127.0.0.1', () => {
    process.stdout.write('true\n');
    socket.destroy();
    server.close();
  });
});
