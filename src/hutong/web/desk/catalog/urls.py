"""Addresses of the catalogue at the desk."""

from django.urls import path

from hutong.web.desk.catalog import changes, form, list_of_items, versions, views
from hutong.web.desk.catalog.kind import CHANGE_KIND, ENTRY_KIND

URLS = (
    path("", views.listed, name="entries"),
    path("new/", form.new, name="entry-new"),
    path("items.<str:form>", list_of_items.template, name="list-of-items"),
    path("changes/<str:no>/", changes.detail, name="change"),
    path("changes/<str:no>/edit/", form.edit, name="change-edit"),
    path("versions/<int:number>/<path:code>/", versions.detail, name="entry-version"),
    path("history/<path:code>/", views.history, name="entry-history"),
    path("begin/<path:code>/", changes.begin, name="change-begin"),
    path("<path:code>/", views.detail, name="entry"),
)
KINDS = (CHANGE_KIND, ENTRY_KIND)
