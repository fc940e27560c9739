"""Celery: an event a task, run at least once, and done exactly once.

Start a worker for each queue: ``celery -A tasks worker -Q kustom-0 --concurrency 1``, and so on.
"""

import json
import os
from typing import Any
from zlib import crc32

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown

from kustom_facade import KustomClient, RetryPolicy, batch

QUEUES = int(os.environ.get("BATCH_QUEUES", "2"))
#: Requests a second of all workers together. Each has its share.
RATE = float(os.environ.get("BATCH_RATE", "1000"))
#: Seconds between two tries, at most.
LONGEST_WAIT = float(os.environ.get("BATCH_LONGEST_WAIT", "600"))

app = Celery("kustom", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])
app.conf.update(
    task_acks_late=True,  # a worker that dies gives its task back
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_transport_options={"visibility_timeout": 3600},
    task_serializer="json",
    result_serializer="json",
)
clients: dict[str, KustomClient] = {}


@worker_process_init.connect
def build(**_: Any) -> None:
    """Build one client for each worker process."""
    retry = RetryPolicy(base=0.02, cap=0.3) if "BATCH_HASTY" in os.environ else None
    clients["kustom"] = KustomClient(rate_limit=RATE / QUEUES, retry=retry)


@worker_process_shutdown.connect
def close(**_: Any) -> None:
    """Close the client of the worker process."""
    clients.pop("kustom").close()


@app.task(bind=True, max_retries=20)
def perform(self: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Carry out an event, and run again by its outcome."""
    outcome = batch.perform(clients["kustom"], batch.Event.from_dict(data))
    if outcome.status == "retry" and self.request.retries < self.max_retries:
        raise self.retry(countdown=min(outcome.retry_after or 0, LONGEST_WAIT))
    return outcome.to_dict()  # refused, invalid, or still retry: a person looks


def queue_of(event: batch.Event) -> str:
    """Return the queue of an order: its events are carried out one after the other."""
    return f"kustom-{crc32(event.order.encode()) % QUEUES}"


def send(event: batch.Event) -> Any:
    """Put an event into its queue."""
    return perform.apply_async((event.to_dict(),), queue=queue_of(event))


def give_back(queue: str) -> None:
    """Give back what a worker had that is gone for good, before the visibility timeout does."""
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        for tag in channel.client.zrange(channel.unacked_index_key, 0, -1):
            text = channel.client.hget(channel.unacked_key, tag)
            if text and json.loads(text)[2] == queue:
                channel.qos.restore_by_tag(tag, client=channel.client)
