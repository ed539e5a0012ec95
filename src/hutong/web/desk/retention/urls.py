"""Addresses of purges and holds."""

from django.urls import path

from hutong.web.desk.retention import holds, purges

URLS = (
    path("", purges.listed, name="purges"),
    path("new/", purges.ask, name="purge-new"),
    path("<int:number>/", purges.purge, name="purge"),
    path("holds/", holds.listed, name="holds"),
    path("holds/new/", holds.place, name="hold-new"),
    path("holds/<int:number>/", holds.hold, name="hold"),
)
