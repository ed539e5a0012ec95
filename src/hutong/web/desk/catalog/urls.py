"""Addresses of the catalogue at the desk."""

from django.urls import path

from hutong.web.desk.catalog import form, views
from hutong.web.desk.catalog.kind import KIND

URLS = (
    path("", views.listed, name="entries"),
    path("new/", form.new, name="entry-new"),
    path("edit/<path:code>/", form.edit, name="entry-edit"),
    path("<path:code>/", views.detail, name="entry"),
)
KINDS = (KIND,)
