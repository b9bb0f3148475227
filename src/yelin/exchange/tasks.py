"""What time brings to the exchange: counts and signatures that are over are forgotten."""

from procrastinate.contrib.django import app

from yelin.exchange.answering import Watch
from yelin.exchange.services import Seen


@app.periodic(cron="*/5 * * * *")
@app.task(name="exchange.forget", queueing_lock="exchange.forget", pass_context=False)
def forget(timestamp: int = 0) -> None:
    """Forget how much was asked in hours that are over, and signatures that are too old."""
    del timestamp
    Watch.forget()
    Seen.forget()
