import asyncio, base64, hashlib, os
from pyrogram import Client, errors
from pyrogram.connection import Connection
from pyrogram.crypto import rsa

class Sandbox(Connection):
    def __init__(self, **options):
        host, port = os.environ['TG_AUTH_SERVER'].split(':')
        super().__init__(**options | {'server_address': host, 'port': int(port)})

async def login():
    pem = open(os.environ['TG_AUTH_SERVER_KEY']).read()
    modulus = base64.b64decode(''.join(pem.splitlines()[1:-1]))[9:265]
    fingerprint = hashlib.sha1(b'\xfe\0\1\0' + modulus + b'\3\1\0\1').digest()[-8:]
    key = rsa.PublicKey(int.from_bytes(modulus, 'big'), 65537)
    rsa.server_public_keys[int.from_bytes(fingerprint, 'little', signed=True)] = key
    client = Client('test', 1, 'hash', in_memory=True, no_updates=True, connection_factory=Sandbox,
                    phone_number='9996621002', phone_code='22222', password='sandbox')
    async with client:
        assert (await client.get_me()).phone_number == '9996621002'

def test_login():
    asyncio.run(login())
