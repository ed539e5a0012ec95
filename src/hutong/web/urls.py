"""Addresses of the pages; the language is their first part."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from hutong.web import refusals
from hutong.web.portal import views

urlpatterns = i18n_patterns(
    path("", views.home, name="home"),
    path("catalogue/", views.catalogue, name="catalogue"),
    path("catalogue/<path:code>/", views.resource, name="resource"),
    path("evidence/", views.evidence, name="evidence"),
)

handler400 = refusals.unreadable
handler404 = refusals.missing
handler500 = refusals.failed
