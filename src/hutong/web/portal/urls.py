"""Addresses of the public pages."""

from django.urls import path

from hutong.web.portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("catalog/", views.catalog, name="catalog"),
    path("catalog/<path:code>/", views.resource, name="resource"),
    path("evidence/", views.evidence, name="evidence"),
]
