"""How a peer talks to the test: commands arrive as lines of JSON, reports leave as such; bytes are {"$bin": hex}."""
import asyncio
import json
import sys


def tag(value):
    if isinstance(value, (bytes, bytearray)):
        return {'$bin': value.hex()}
    if isinstance(value, (list, tuple)):
        return [tag(each) for each in value]
    if isinstance(value, dict):
        return {key: tag(each) for key, each in value.items()}
    return value


def untag(value):
    if isinstance(value, list):
        return [untag(each) for each in value]
    if not isinstance(value, dict):
        return value
    if '$bin' in value:
        return bytes.fromhex(value['$bin'])
    return {key: untag(each) for key, each in value.items()}


def report(kind, value):
    # In one piece: threads report at the same time.
    sys.stdout.write(json.dumps([kind, tag(value)]) + '\n')
    sys.stdout.flush()


def read_command():
    """The next command and its options, or None at the end."""
    line = sys.stdin.readline()
    if not line:
        return None
    name, options = json.loads(line)
    return name, untag(options)


async def obey(commands):
    """Calls commands by name, one after the other, until there are no more."""
    loop = asyncio.get_running_loop()
    while True:
        command = await loop.run_in_executor(None, read_command)
        if command is None:
            return
        name, options = command
        await commands[name](**options)
