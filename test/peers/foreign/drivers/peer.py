"""What the Python drivers share: commands from stdin, answers on stdout. See ../driver.ts."""
import asyncio
import json
import logging
import os
import sys

PLACE = json.loads(sys.argv[1])
HOST, TRANSPORT, FOLDER, PROXY = PLACE['host'], PLACE['transport'], PLACE['folder'], PLACE['proxy']
PORTS = {dc['id']: dc['port'] for dc in PLACE['dcs']}
API_ID, API_HASH = 12345, '0123456789abcdef0123456789abcdef'
logging.basicConfig(level=logging.DEBUG if os.environ.get('DEBUG') else logging.CRITICAL)


class Missing(Exception):
    """The library has no such step."""


async def serve(steps, name_of):
    """Answers until stdin ends. `steps` has a coroutine for each command, `name_of` the RPC error of an exception."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command = json.loads(line)
        try:
            answer = {'ok': await steps[command.pop('do')](**command) or {}}
        except Missing as why:
            answer = {'missing': str(why)}
        except Exception as error:
            logging.debug('failed', exc_info=True)
            answer = {'error': f'{name_of(error) or type(error).__name__}: {error}'}
        print(json.dumps(answer), flush=True)
