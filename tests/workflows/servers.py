"""Real Temporal servers for tests, and a namespace for each test."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.service import RPCError, RPCStatusCode

from adapters.bootstrap import EVERY_QUEUE
from adapters.temporal import server
from adapters.temporal.client import Client, connect
from adapters.temporal.worker import Activities, workers

START_PATIENCE_S = 30
RETENTION = timedelta(days=1)


class OrdinaryServer:
    """A server with a file, which a test may stop, start and rob of its file.

    It keeps its port, as an installation does.
    """

    def __init__(self, folder: Path, options: tuple[str, ...] = ()) -> None:
        """Keep the file in `folder`; nothing runs yet."""
        self._file = folder / "temporal.db"
        self._options = options
        self._port = server.free_port()
        self._process = server.start(self._port, file=self._file, options=options)

    @property
    def address(self) -> str:
        """Where it listens, or would."""
        return f"{server.LOOPBACK}:{self._port}"

    def start(self) -> None:
        """Let it run, if it does not."""
        if self._process.poll() is not None:
            self._process = server.start(
                self._port, file=self._file, options=self._options
            )

    def stop(self) -> None:
        """End it politely."""
        server.stop(self._process)

    def kill(self) -> None:
        """End it as a power cut of this one process would."""
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """Delete its file; it must not run."""
        for file in self._file.parent.glob(f"{self._file.name}*"):
            file.unlink()


async def client_of(address: str, namespace: str) -> Client:
    """Return a client for `namespace`, which is made if it is not there."""
    client = await connect(address, patience_s=START_PATIENCE_S)
    retention = Duration()
    retention.FromTimedelta(RETENTION)
    request = RegisterNamespaceRequest(
        namespace=namespace, workflow_execution_retention_period=retention
    )
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
    return await connect(address, namespace)


def new_namespace() -> str:
    """Return a name that no other test uses."""
    return f"test-{uuid4().hex[:12]}"


@asynccontextmanager
async def working_on(
    client: Client, activities: Activities, queues: Sequence[str] = EVERY_QUEUE
) -> AsyncIterator[None]:
    """Let workers do `activities` while the block runs."""
    with workers(client, activities, queues) as made:
        async with AsyncExitStack() as running:
            for worker in made:
                await running.enter_async_context(worker)
            yield
