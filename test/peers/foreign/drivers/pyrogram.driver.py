"""
Pyrogram and its forks kurigram and pyrofork. Told with a Connection that has another address, and an entry in
rsa.server_public_keys. The forks' clients have a factory of connections; in Pyrogram itself the class is replaced.
"""
import asyncio
import importlib
import pyrogram
import pyrogram.connection.connection
from peer import API_HASH, API_ID, HOST, PLACE, PORTS, PROXY, TRANSPORT, Missing, serve
from pyrogram.connection import Connection
from pyrogram.crypto import rsa

TRANSPORTS = {
    'abridged': 'TCPAbridged', 'full': 'TCPFull', 'intermediate': 'TCPIntermediate',
    'obfuscated abridged': 'TCPAbridgedO', 'obfuscated intermediate': 'TCPIntermediateO',
    'padded': 'TCPIntermediatePadded'}
tcp = importlib.import_module('pyrogram.connection.transport.tcp')
protocol = getattr(tcp, TRANSPORTS.get(TRANSPORT, 'TCPAbridged'))
options = {'sleep_threshold': 0}
if PROXY:
    options['proxy'] = {'scheme': 'mtproxy', 'hostname': HOST, 'port': PROXY['port'], 'secret': PROXY['secret']}


class Local(Connection):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.server_address, self.port = self.address = HOST, PORTS[self.dc_id]


rsa.server_public_keys[int(PLACE['fingerprint'])] = rsa.PublicKey(int(PLACE['modulus'], 16), 65537)
client = saved = waiting = None


def make(session=None):
    global client
    client = pyrogram.Client('peer', API_ID, API_HASH, session_string=session, in_memory=True, **options)
    if hasattr(client, 'connection_factory'):
        client.connection_factory, client.protocol_factory = Local, protocol
    else:
        pyrogram.session.auth.Connection = pyrogram.session.session.Connection = Local
        pyrogram.connection.connection.TCPAbridged = protocol


async def end():
    if client and client.is_initialized:
        await client.stop()
    elif client and client.is_connected:
        await client.disconnect()


async def open():
    await end()
    make()
    await client.connect()


async def close():
    global saved
    saved = await client.export_session_string()
    await end()


async def reopen():
    make(saved)
    await client.start()


async def send_code(phone):
    return {'hash': (await client.send_code(phone)).phone_code_hash}


async def resend_code(phone, hash):
    return {'hash': (await client.resend_code(phone, hash)).phone_code_hash}


async def sign_in(phone, hash, code):
    user = await client.sign_in(phone, hash, code)
    if not isinstance(user, pyrogram.types.User):
        raise RuntimeError('PHONE_NUMBER_UNOCCUPIED')
    return {'user': user.id}


async def sign_up(phone, hash, name):
    if not hasattr(client, 'sign_up'):
        raise Missing('no method for it')
    return {'user': (await client.sign_up(phone, hash, name)).id}


async def password(password):
    return {'user': (await client.check_password(password)).id}


async def bot(token):
    return {'user': (await client.sign_in_bot(token)).id}


async def me():
    return {'user': (await client.get_me()).id}


async def log_out():
    await client.log_out()


async def qr():
    global waiting
    if hasattr(client, 'sign_in_qrcode'):  # pyrofork: call it again when the code was scanned
        await client.sign_in_qrcode()
        waiting = client.sign_in_qrcode
        return
    try:
        from pyrogram.qrlogin import QRLogin  # kurigram
    except ImportError:
        raise Missing('no method for it')
    login = QRLogin(client)
    await login.recreate()
    task = asyncio.ensure_future(login.wait(20))
    await asyncio.sleep(0)
    waiting = lambda: task
    return {'link': login.url}


async def accepted():
    return {'user': (await waiting()).id}


asyncio.get_event_loop_policy().get_event_loop().run_until_complete(serve({
    'open': open, 'close': close, 'reopen': reopen, 'sendCode': send_code, 'resendCode': resend_code,
    'signIn': sign_in, 'signUp': sign_up, 'password': password, 'bot': bot, 'me': me, 'logOut': log_out,
    'qr': qr, 'accepted': accepted}, lambda error: getattr(error, 'ID', None)))
