"""The server, on aiohttp. It answers every event with the event's own arguments, and obeys for all the rest."""
import asyncio
import engineio.payload
import socketio
from aiohttp import web
from lines import obey, report

# Sixteen by default, which no client of JavaScript knows of.
engineio.payload.Payload.max_decode_packets = 1000


def listen(sio, namespace):
    async def on_connect(sid, environ, auth=None):
        report('connect', [namespace, sid, auth])
        if isinstance(auth, dict) and 'refuse' in auth:
            raise socketio.exceptions.ConnectionRefusedError(*auth['refuse'])
        if isinstance(auth, dict) and 'greet' in auth:
            # Leaves before the answer to CONNECT does.
            await sio.emit('greeting', (auth['greet'], b'\x01'), to=sid, namespace=namespace)

    async def on_event(event, sid, *args):
        report('event', [namespace, event, *args])
        return args

    sio.on('connect', on_connect, namespace)
    sio.on('disconnect', lambda sid: report('disconnect', [namespace, sid]), namespace)
    sio.on('*', on_event, namespace)


async def main():
    sio = socketio.AsyncServer(async_mode='aiohttp', ping_interval=0.05, ping_timeout=5)
    app = web.Application()
    sio.attach(app)
    for namespace in ['/', '/admin']:
        listen(sio, namespace)

    async def emit(namespace, event, args, to=None, skip=None):
        await sio.emit(event, tuple(args), to=to, skip_sid=skip, namespace=namespace)

    async def ask(namespace, event, args, to):
        await sio.emit(event, tuple(args), to=to, namespace=namespace,
                       callback=lambda *answer: report('answer', answer))

    async def enter(namespace, sid, room):
        sio.enter_room(sid, room, namespace=namespace)

    async def leave(namespace, sid, room):
        sio.leave_room(sid, room, namespace=namespace)

    async def disconnect(namespace, sid):
        await sio.disconnect(sid, namespace=namespace)

    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, '127.0.0.1', 0)
    await site.start()
    report('port', site._server.sockets[0].getsockname()[1])
    await obey({'emit': emit, 'ask': ask, 'enter': enter, 'leave': leave, 'disconnect': disconnect})


asyncio.run(main())
