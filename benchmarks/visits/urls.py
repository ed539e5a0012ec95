"""The platform's addresses and the benchmark's."""

from benchmarks.visits import pages
from hutong.web.urls import handler400, handler403, handler404, handler500, urlpatterns

urlpatterns = [*urlpatterns, *pages.urlpatterns]
__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
