import asyncio, json, os, pytest, telethon, urllib.request
from telethon.crypto import rsa

def control(path, body=None):
    headers = {'Authorization': 'Bearer ' + os.environ['TG_AUTH_SANDBOX_TOKEN'], 'Content-Type': 'application/json'}
    url, data = os.environ['TG_AUTH_SANDBOX_CONTROL'] + path, body and json.dumps(body).encode()
    return json.load(urllib.request.urlopen(urllib.request.Request(url, data, headers)))

async def login():
    rsa.add_key(open(os.environ['TG_AUTH_SERVER_KEY']).read(), old=False)
    session, (host, port) = telethon.sessions.StringSession(), os.environ['TG_AUTH_SERVER'].split(':')
    session.set_dc(2, host, int(port))
    client = telethon.TelegramClient(session, 1, 'hash')
    await client.connect()
    with pytest.raises(telethon.errors.FloodWaitError) as flood:
        await client.send_code_request('+9996629120')
    control('/clock', {'advance': flood.value.seconds})  # 21 hours
    client._flood_waited_requests.clear()  # Telethon remembers the wait
    await client.send_code_request('+9996629120')
    phone = control('/accounts', {'name': 'Ada Lovelace', 'password': 'secret'})['phone']
    await client.start(phone, 'secret', code_callback=lambda: control('/said?phone=' + phone)[-1]['code'])
    assert (await client.get_me()).first_name == 'Ada'

def test_login():
    asyncio.run(login())
