"""The client, for asyncio (on aiohttp) or for threads (on requests and websocket-client), as the argument says.

It answers every event with the event's own arguments.
"""
import asyncio
import sys
import engineio.payload
import socketio
from lines import obey, report

# Sixteen by default, which neither Socket.IO's server nor ours knows of.
engineio.payload.Payload.max_decode_packets = 1000

Client = {'asyncio': socketio.AsyncClient, 'threads': socketio.Client}[sys.argv[1]]
# The client of the last "connect", and what reports in its name.
sio = None
say = None


async def done(result):
    """What the client for threads returns from is done; that for asyncio gives something to wait for."""
    if asyncio.iscoroutine(result):
        await result


def handle_in_order(eio):
    """The client for threads starts one for each message, and so even attachments may overtake one another."""
    trigger = eio._trigger_event
    eio._trigger_event = lambda event, *args, run_async=False: trigger(event, *args)


async def connect(name, url, namespaces, transports, auth=None, reconnection=False):
    global sio, say
    # With a shorter delay, the client for threads may forget the new connection in place of the old one.
    sio = client = Client(
        reconnection=reconnection, reconnection_delay=0.2, randomization_factor=0, handle_sigint=False)
    if not client.is_asyncio_based():
        handle_in_order(client.eio)
    # A client that is gone may report late.
    say = client_says = lambda kind, value: report(f'{name} {kind}', value)

    def listen(namespace):
        def on_connect():
            client_says('connect', [namespace, client.get_sid(namespace)])

        def on_event(event, *args):
            client_says('event', [namespace, event, *args])
            return args

        client.on('connect', on_connect, namespace)
        client.on('connect_error', lambda *data: client_says('connect_error', [namespace, *data]), namespace)
        client.on('disconnect', lambda: client_says('disconnect', namespace), namespace)
        client.on('*', on_event, namespace)

    for namespace in namespaces:
        listen(namespace)
    try:
        await done(client.connect(url, namespaces=namespaces, transports=transports, auth=auth, wait=False))
    except socketio.exceptions.ConnectionError as error:
        client_says('refused', str(error))


async def emit(namespace, event, args):
    await done(sio.emit(event, tuple(args), namespace=namespace))


async def ask(namespace, event, args):
    await done(sio.emit(
        event, tuple(args), namespace=namespace, callback=lambda *answer: say('answer', answer)))


async def transport():
    say('transport', sio.transport())


async def disconnect():
    await done(sio.disconnect())


asyncio.run(obey({
    'connect': connect, 'emit': emit, 'ask': ask, 'transport': transport, 'disconnect': disconnect}))
