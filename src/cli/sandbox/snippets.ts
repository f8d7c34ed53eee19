/**
 * `sandbox --show`: code that connects a library to this sandbox and signs in, in that library's own terms.
 *
 * Each snippet is complete: run it in a folder where the library is installed. Where a library has no option for
 * addresses or keys, the snippet says so and replaces what holds them.
 */
import { toHex } from '../../bytes.ts';
import { UsageError } from '../../errors.ts';
import { parseServerKey } from '../../mtproto/server-key.ts';
import { authorityOf } from '../../net/dial/proxy.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { shellQuote } from '../tell/shell-quote.ts';
import type { Library } from './libraries.ts';

/** What snippets contain. */
interface Place {
  readonly host: string;
  readonly dcs: Sandbox['dcs'];
  /** The first DC to connect to. */
  readonly dc: number;
  readonly port: number;
  /** Public key: PEM without the last line end, modulus in hex, fingerprint as a signed number. */
  readonly pem: string;
  readonly modulus: string;
  readonly fingerprint: bigint;
  /** A test number of this DC, and its code. */
  readonly phone: string;
  readonly code: string;
}

export function snippetFor(library: Library, { host, dcs, publicKey }: Sandbox): string {
  const main = dcs.find(({ id }) => id === 2) ?? dcs[0];
  if (main === undefined) throw new UsageError('The sandbox has no data centre.');
  if (host.includes(':') && ONLY_IPV4.includes(library))
    throw new UsageError(`The snippet for ${library} needs an IPv4 address, not ${host}.`);
  const { n, fingerprint } = parseServerKey(publicKey);
  return SNIPPETS[library]({
    host,
    dcs,
    dc: main.id,
    port: main.port,
    pem: publicKey.trimEnd(),
    modulus: toHex(n),
    fingerprint,
    phone: `+99966${main.id}1234`,
    code: String(main.id).repeat(5),
  }).trim();
}

const ONLY_IPV4: readonly Library[] = ['grammers', 'tdlib'];

/** Ports by DC, as the literal of an object or a Python dict. */
function portsOf({ dcs }: Place): string {
  return `{ ${dcs.map(({ id, port }) => `${id}: ${port}`).join(', ')} }`;
}

const SNIPPETS: Readonly<Record<Library, (place: Place) => string>> = {
  telethon: ({ host, dc, port, pem, phone, code }) => `
# pip install telethon
import asyncio
from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession

rsa.add_key("""${pem}""", old=False)


async def main():
    session = StringSession()
    session.set_dc(${dc}, "${host}", ${port})
    client = TelegramClient(session, 1, "0" * 32)
    await client.start(phone="${phone}", code_callback=lambda: "${code}")
    print(await client.get_me())
    await client.disconnect()


asyncio.run(main())`,

  pyrogram: (place) => `
# pip install pyrogram, or a fork: kurigram, pyrofork
# Pyrogram has no option for addresses and keys, so this sets them where it keeps them.
import asyncio
from pyrogram import Client
from pyrogram.connection import Connection
from pyrogram.crypto import rsa

rsa.server_public_keys[${place.fingerprint}] = rsa.PublicKey(
    int("${place.modulus}", 16), 65537
)
PORTS = ${portsOf(place)}
connect = Connection.connect


def connect_to_sandbox(self):
    self.address = self.server_address, self.port = "${place.host}", PORTS[self.dc_id]
    return connect(self)


Connection.connect = connect_to_sandbox


async def main():
    app = Client("sandbox", 1, "0" * 32, phone_number="${place.phone}", phone_code="${place.code}", in_memory=True)
    async with app:
        print(await app.get_me())


asyncio.run(main())`,

  gramjs: (place) => gramjs('telegram', place),
  teleproto: (place) => gramjs('teleproto', place),

  mtcute: ({ host, dc, port, pem, phone, code }) => `
// npm install @mtcute/node
import { MemoryStorage, TelegramClient } from "@mtcute/node";
import { addPublicKey, NodeCryptoProvider } from "@mtcute/node/utils.js";

const crypto = new NodeCryptoProvider();
await crypto.initialize();
addPublicKey(crypto, \`${pem}\`);

const dc = { id: ${dc}, ipAddress: '${host}', port: ${port} };
const client = new TelegramClient({
  apiId: 1,
  apiHash: '0'.repeat(32),
  storage: new MemoryStorage(),
  crypto,
  defaultDcs: { main: dc, media: dc },
});
console.log(await client.start({ phone: '${phone}', code: '${code}' }));
await client.destroy();`,

  gotd: ({ host, dcs, dc, pem, phone, code }) => `
// go get github.com/gotd/td
package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/auth"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/tg"
)

const publicKey = \`${pem}\`

func main() {
	block, _ := pem.Decode([]byte(publicKey))
	key, err := x509.ParsePKCS1PublicKey(block.Bytes)
	if err != nil {
		panic(err)
	}
	client := telegram.NewClient(1, strings.Repeat("0", 32), telegram.Options{
		DC: ${dc},
		DCList: dcs.List{Options: []tg.DCOption{
${dcs.map(({ id, port }) => `			{ID: ${id}, IPAddress: "${host}", Port: ${port}},`).join('\n')}
		}},
		PublicKeys: []telegram.PublicKey{{RSA: key}},
	})
	code := func(context.Context, *tg.AuthSentCode) (string, error) { return "${code}", nil }
	flow := auth.NewFlow(auth.CodeOnly("${phone}", auth.CodeAuthenticatorFunc(code)), auth.SendCodeOptions{})
	err = client.Run(context.Background(), func(ctx context.Context) error {
		if err := client.Auth().IfNecessary(ctx, flow); err != nil {
			return err
		}
		user, err := client.Self(ctx)
		fmt.Println(user)
		return err
	})
	if err != nil {
		panic(err)
	}
}`,

  grammers: ({ host, dcs, dc, modulus, fingerprint, phone, code }) => `
// cargo add grammers-client grammers-mtsender grammers-session tokio --features tokio/full
// grammers compiles the keys in. Copy the source of grammers-mtproto, name the copy in Cargo.toml:
//     [patch.crates-io]
//     grammers-mtproto = { path = "grammers-mtproto" }
// and add this arm to key_for_fingerprint in its src/authentication.rs:
//     ${fingerprint} => rsa::Key::new("${BigInt(`0x${modulus}`)}", "65537").unwrap(),
use std::{collections::HashMap, sync::Arc};

use grammers_client::Client;
use grammers_mtsender::SenderPool;
use grammers_session::{SessionData, storages::MemorySession, types::DcOption};

fn dc(id: i32, address: &str) -> (i32, DcOption) {
    let ipv4: std::net::SocketAddrV4 = address.parse().unwrap();
    let ipv6 = std::net::SocketAddrV6::new(ipv4.ip().to_ipv6_mapped(), ipv4.port(), 0, 0);
    (id, DcOption { id, ipv4, ipv6, auth_key: None })
}

#[tokio::main]
async fn main() {
    let dc_options = HashMap::from([${dcs.map(({ id, port }) => `dc(${id}, "${host}:${port}")`).join(', ')}]);
    let data = SessionData { home_dc: ${dc}, dc_options, ..Default::default() };
    let SenderPool { runner, handle, .. } = SenderPool::new(Arc::new(MemorySession::from(data)), 1);
    let client = Client::new(handle);
    tokio::spawn(runner.run());
    let token = client.request_login_code("${phone}", &"0".repeat(32)).await.unwrap();
    println!("{:?}", client.sign_in(&token, "${code}").await.unwrap().first_name());
}`,

  tdlib: ({ host, dcs, pem }) => `
# TDLib compiles addresses and keys in. Run this in its source folder: it replaces those of the test data centres with
# GNU sed. Then build TDLib, set use_test_dc in setTdlibParameters, and run it where it cannot reach the internet.
sed -i -E \\
${TDLIB_TEST.map((address, i) => `  ${shellQuote(tdlibEdit(host, address, i + 1, dcs))} \\`).join('\n')}
  -e '/2001:[0-9a-f:]+::e"/d' td/telegram/net/ConnectionCreator.cpp
sed -i '/if (is_test) {/,/return;/c\\
  if (is_test) {\\
    add_pem("${pem.replaceAll('\n', '\\\\n')}");\\
    return;' td/telegram/net/PublicRsaKeySharedMain.cpp`,

  'tg-auth': ({ host, dc, port, pem, phone, code }) => `
cat > key.pem <<'END'
${pem}
END
export TG_AUTH_SERVER=${shellQuote(authorityOf({ host, port }))} TG_AUTH_SERVER_KEY=key.pem TG_AUTH_DC=${dc}
export TG_API_ID=1 TG_API_HASH=${'0'.repeat(32)} TG_AUTH_SESSION=sandbox
tg-auth send-code ${phone}
echo ${code} | tg-auth sign-in ${phone} --code -`,
};

/** Addresses of Telegram's test DCs in TDLib. */
const TDLIB_TEST = ['149.154.175.10', '149.154.167.40', '149.154.175.117'];

/** The option for sed that gives a DC the sandbox's address, or removes it. */
function tdlibEdit(host: string, address: string, dc: number, dcs: Place['dcs']): string {
  const port = dcs.find(({ id }) => id === dc)?.port;
  const quoted = address.replaceAll('.', '\\.');
  if (port === undefined) return `-e/"${quoted}"/d`;
  return `-es/\\{"${quoted}"\\}, ports/{"${host}"}, {${port}}/`;
}

/** teleproto is a fork of GramJS. */
function gramjs(name: string, place: Place): string {
  const { host, dc, port, modulus, fingerprint, phone, code } = place;
  return `
// npm install ${name}
// The library has no option for keys and dials port 80, so this adds the key and sets the port of each connection.
const { TelegramClient } = require('${name}');
const { StringSession } = require('${name}/sessions');
const { ConnectionTCPObfuscated } = require('${name}/network');
const { _serverKeys } = require('${name}/crypto/RSA');
const bigInt = require('big-integer');

_serverKeys.set('${fingerprint}', { n: bigInt('${modulus}', 16), e: 65537 });
const PORTS = ${portsOf(place)};
class SandboxConnection extends ConnectionTCPObfuscated {
  constructor(options) {
    super({ ...options, ip: '${host}', port: PORTS[options.dcId] });
  }
}
const session = new StringSession('');
session.setDC(${dc}, '${host}', ${port});
const client = new TelegramClient(session, 1, '0'.repeat(32), { connection: SandboxConnection });
const answers = { phoneNumber: async () => '${phone}', phoneCode: async () => '${code}', onError: console.error };
client
  .start(answers)
  .then(() => client.getMe())
  .then((me) => console.log(me.id.toString(), me.firstName))
  .finally(() => client.destroy());`;
}
