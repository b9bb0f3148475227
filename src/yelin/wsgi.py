"""What the server calls."""

import multiprocessing

from django.core.wsgi import get_wsgi_application

from yelin import lifeline
from yelin.surface.bodies import whole

# The server loads this in a child process, which must not hold the port when its parent is gone.
if server := multiprocessing.parent_process():
    lifeline.end_with(server.pid or 0)

application = whole(get_wsgi_application())
