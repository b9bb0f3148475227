"""What the server calls."""

from django.core.wsgi import get_wsgi_application

from yelin.surface.bodies import whole

application = whole(get_wsgi_application())
