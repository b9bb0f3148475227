"""What the server calls."""

import gc
import multiprocessing

from django.core.wsgi import get_wsgi_application

from yelin import lifeline
from yelin.surface.bodies import at_once, in_utf8, whole

server = multiprocessing.parent_process()
if server:
    # Loaded in a child process, which must not hold the port when its parent is gone.
    lifeline.end_with(server.pid or 0)
    gc.disable()

application = at_once(in_utf8(whole(get_wsgi_application())))

if server:
    import pypinyin  # noqa: F401 - what the first search would wait for
    import rdflib.plugins.serializers.jsonld  # noqa: F401 - what the first harvester would
    import rjieba  # noqa: F401 - what the first search would

    from yelin import urls  # noqa: F401 - what the first request would wait for
    from yelin.api.dcat import serving  # noqa: F401 - what the first harvester would
    from yelin.law import packs
    from yelin.operation import figures
    from yelin.web import at_hand

    figures.tell()
    # The first page would wait for the law, and each for its own templates.
    packs.active()
    at_hand.read_templates()
    # What is loaded by now stays: to look through it again and again made single answers late.
    gc.collect()
    gc.freeze()
    # One answer makes some thousand objects, nearly all gone with it.
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
