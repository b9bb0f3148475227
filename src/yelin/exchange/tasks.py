"""What time brings to the exchange: counts that are over are forgotten."""

from procrastinate.contrib.django import app

from yelin.exchange.answering import Watch


@app.periodic(cron="*/5 * * * *")
@app.task(name="exchange.forget", queueing_lock="exchange.forget", pass_context=False)
def forget(timestamp: int = 0) -> None:
    """Forget how much was asked in hours that are over."""
    del timestamp
    Watch.forget()
