"""Addresses of the work pages."""

from django.urls import include, path

from hutong.web.desk import applications, catalog, deliveries, grants, home, records
from hutong.web.desk.rulebook.urls import URLS as RULEBOOK

urlpatterns = [
    path("", home.home, name="desk"),
    path("applications/", applications.listed, name="applications"),
    path("applications/new/<path:code>/", applications.new, name="application-new"),
    path("applications/<str:no>/", applications.detail, name="application"),
    path("applications/<str:no>/edit/", applications.edit, name="application-edit"),
    path("entries/", catalog.listed, name="entries"),
    path("entries/new/", catalog.new, name="entry-new"),
    path("entries/edit/<path:code>/", catalog.edit, name="entry-edit"),
    path("entries/<path:code>/", catalog.detail, name="entry"),
    path("deliveries/", deliveries.listed, name="deliveries"),
    path("deliveries/<path:code>/rejected/<str:key>/", deliveries.rejected, name="rejected"),
    path("grants/", grants.listed, name="grants"),
    path("records/", records.listed, name="records"),
    path("rulebook/", include(list(RULEBOOK))),
]
