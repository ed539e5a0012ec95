"""Addresses of front-end servers and of the changes of their configuration."""

from django.urls import path

from hutong.web.desk.nodes import form, views
from hutong.web.desk.nodes.kind import CHANGE_KIND, DRIFT_KIND, SERVER_KIND

URLS = (
    path("", views.servers, name="servers"),
    path("new/", form.new_server, name="server-new"),
    path("changes/", views.changes, name="server-changes"),
    path("changes/<str:no>/", views.change, name="server-change"),
    path("changes/<str:no>/edit/", form.edit_change, name="server-change-edit"),
    path("changes/<str:no>/execute/", form.execute, name="server-change-execute"),
    path("drifts/", views.drifts, name="server-drifts"),
    path("drifts/<str:no>/", views.drift, name="server-drift"),
    path("<str:no>/", views.server, name="server"),
    path("<str:no>/edit/", form.edit_server, name="server-edit"),
    path("<str:no>/change/", form.new_change, name="server-change-new"),
    path("<str:no>/versions/<int:number>/", views.version, name="server-version"),
)
KINDS = (SERVER_KIND, CHANGE_KIND, DRIFT_KIND)
