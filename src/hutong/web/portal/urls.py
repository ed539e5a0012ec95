"""Addresses of the public pages."""

from django.urls import path

from hutong.web.portal import releases, views

urlpatterns = [
    path("", views.home, name="home"),
    path("catalog/", views.catalog, name="catalog"),
    path("catalog/<path:code>/", views.resource, name="resource"),
    path("releases/<slug:kind>/", releases.newest, name="releases"),
    path("releases/<slug:kind>/<int:number>/", releases.release, name="release"),
    path("releases/<slug:kind>/<int:number>/body.json", releases.body, name="release-body"),
    path("evidence/", views.evidence, name="evidence"),
]
