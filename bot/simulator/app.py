"""The stand-in as one web application, and the ways to run it: Bot API, chat page, nothing but this machine."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import WaymarkError
from bot.simulator.botapi import BotApi
from bot.simulator.endpoint import BotEndpoint, Guard
from bot.simulator.line import Line
from bot.simulator.pageapi import PageApi, Pid, Restart
from bot.simulator.webhook import Courier, Sleep

Preview = Callable[[str, Mapping[str, str]], tuple[int, str, str]]
HOST = "127.0.0.1"
_PAGE = Path(__file__).parent / "page"
_HEADERS = {
    b"content-security-policy": (
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store",
}


class _Careful:
    """Adds the headers that keep a page from doing more than it was built to do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS.items()]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def build_app(
    api: BotApi,
    restart: Restart | None = None,
    *,
    pid: Pid | None = None,
    sleep: Sleep = asyncio.sleep,
    preview: Preview | None = None,
) -> Starlette:
    """Put the Bot API and the chat page behind one door.

    restart: kills and restarts the bot, for the page's button; the button is missing without it.
    pid: the bot's process number, shown on the page.
    sleep: how webhook delivery waits between attempts. preview: path below /preview and query -> status, media type and
    body of a page about the content.
    """

    @contextlib.asynccontextmanager
    async def deliver(app: Starlette) -> AsyncIterator[None]:
        api.open()
        courier = asyncio.create_task(Courier(api, api.store.clock, sleep).run())
        yield
        courier.cancel()
        await asyncio.gather(courier, return_exceptions=True)

    page = PageApi(api, restart, pid)
    routes = [
        Route("/bot{rest:path}", BotEndpoint(api)),
        *page.routes(),
        *([Route("/preview{rest:path}", partial(_preview, preview))] if preview else []),
        Mount("/", StaticFiles(directory=_PAGE, html=True)),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Guard), Middleware(_Careful)], lifespan=deliver)
    app.state.api = api
    return app


async def _preview(preview: Preview, request: Request) -> Response:
    """A page about the content; making it may take a second, so it has a thread of its own."""
    answer = await asyncio.to_thread(preview, request.path_params["rest"], dict(request.query_params))
    status, media_type, body = answer
    return Response(body, status, media_type=media_type)


class _Server(uvicorn.Server):
    """uvicorn that leaves signals to whoever runs it and sends waiting callers home before it stops."""

    def __init__(self, app: Starlette) -> None:
        # No access log and no traces of errors: both could show what people wrote.
        config = uvicorn.Config(
            app, http=Line, log_config=None, log_level="critical", access_log=False, timeout_graceful_shutdown=2
        )
        super().__init__(config)
        self._api: BotApi = app.state.api

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, after everybody who waits was answered."""
        self._api.close()
        await super().shutdown(sockets)


def _listen(port: int) -> socket.socket:
    """A socket on this machine only; port 0 takes any free one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise WaymarkError(
            f"port {port}", "cannot be used, perhaps another program has it.", "Give another port."
        ) from error
    return listener


@contextlib.asynccontextmanager
async def opened(app: Starlette, port: int = 0) -> AsyncIterator[str]:
    """The application up and running in this event loop, under the address given."""
    with _listen(port) as listener:
        server = _Server(app)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started and not running.done():
            await asyncio.sleep(0.01)
        if running.done():
            await running
            raise WaymarkError("stand-in", "did not start.", "Look at the messages above.")
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


async def serve(app: Starlette, port: int = 0, told: Callable[[int], None] | None = None) -> None:
    """Run until cancelled; `told` hears the port once the door is open."""
    async with opened(app, port) as address:
        if told:
            told(int(address.rpartition(":")[2]))
        await asyncio.Event().wait()


@contextlib.contextmanager
def running(app: Starlette, port: int = 0) -> Iterator[str]:
    """The application up and running in a thread of its own, for tests without an event loop."""
    address: list[str] = []
    stop: list[Callable[[], object]] = []
    ready = threading.Event()

    async def run() -> None:
        leave = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with opened(app, port) as url:
            address.append(url)
            stop.append(partial(loop.call_soon_threadsafe, leave.set))
            ready.set()
            await leave.wait()

    def work() -> None:
        try:
            asyncio.run(run())
        finally:
            ready.set()

    thread = threading.Thread(target=work, name="stand-in", daemon=True)
    thread.start()
    ready.wait()
    if not address:
        raise WaymarkError(f"port {port}", "cannot be used, perhaps another program has it.", "Give another port.")
    try:
        yield address[0]
    finally:
        stop[0]()
        thread.join()
