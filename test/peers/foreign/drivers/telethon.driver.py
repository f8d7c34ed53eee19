"""Telethon. Told with StringSession.set_dc and rsa.add_key."""
import asyncio
from peer import API_HASH, API_ID, HOST, PLACE, PORTS, PROXY, TRANSPORT, serve
from telethon import TelegramClient, errors, functions
from telethon.crypto import rsa
from telethon.network import connection
from telethon.sessions import StringSession

TRANSPORTS = {
    'full': connection.ConnectionTcpFull,
    'abridged': connection.ConnectionTcpAbridged,
    'intermediate': connection.ConnectionTcpIntermediate,
    'obfuscated': connection.ConnectionTcpObfuscated,
    'mtproxy plain': connection.ConnectionTcpMTProxyAbridged,
    'mtproxy dd': connection.ConnectionTcpMTProxyRandomizedIntermediate,
}
rsa.add_key(PLACE['publicKey'], old=False)
client = saved = waiting = None


async def open(session=''):
    global client
    if client:
        await client.disconnect()
    stored = StringSession(session)
    if not session:
        stored.set_dc(2, HOST, PORTS[2])
    client = TelegramClient(
        stored, API_ID, API_HASH, connection=TRANSPORTS[TRANSPORT], flood_sleep_threshold=0,
        proxy=PROXY and (HOST, PROXY['port'], PROXY['secret']), connection_retries=1, timeout=5)
    await client.connect()


async def close():
    global saved
    saved = client.session.save()
    await client.disconnect()


async def reopen():
    await open(saved)


async def send_code(phone):
    return {'hash': (await client.send_code_request('+' + phone)).phone_code_hash}


async def resend_code(phone, hash):
    return {'hash': (await client(functions.auth.ResendCodeRequest(phone, hash))).phone_code_hash}


async def sign_in(phone, hash, code):
    return {'user': (await client.sign_in('+' + phone, code, phone_code_hash=hash)).id}


async def sign_up(phone, hash, name):
    return {'user': (await client(functions.auth.SignUpRequest(phone, hash, name, ''))).user.id}


async def password(password):
    return {'user': (await client.sign_in(password=password)).id}


async def bot(token):
    return {'user': (await client.sign_in(bot_token=token)).id}


async def me():
    return {'user': (await client.get_me()).id}


async def log_out():
    if not await client.log_out():
        raise RuntimeError('log_out returned False')


async def qr():
    global waiting
    login = await client.qr_login()
    waiting = asyncio.ensure_future(login.wait(20))
    await asyncio.sleep(0)  # it listens for the update from here on
    return {'link': login.url}


async def accepted():
    return {'user': (await waiting).id}


def name_of(error):
    names = {errors.SessionPasswordNeededError: 'SESSION_PASSWORD_NEEDED',
             errors.PhoneCodeInvalidError: 'PHONE_CODE_INVALID',
             errors.PasswordHashInvalidError: 'PASSWORD_HASH_INVALID',
             errors.PhoneNumberUnoccupiedError: 'PHONE_NUMBER_UNOCCUPIED'}
    return names.get(type(error))


asyncio.run(serve({
    'open': open, 'close': close, 'reopen': reopen, 'sendCode': send_code, 'resendCode': resend_code,
    'signIn': sign_in, 'signUp': sign_up, 'password': password, 'bot': bot, 'me': me, 'logOut': log_out,
    'qr': qr, 'accepted': accepted}, name_of))
