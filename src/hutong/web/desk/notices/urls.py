"""Addresses of contacts and of the notices of their change, of notices of maintenance, and of faults."""

from django.urls import path

from hutong.web.desk.notices import fault_views, maintenance_views, views
from hutong.web.desk.notices.fault_kind import KIND as FAULT_KIND
from hutong.web.desk.notices.kind import KIND
from hutong.web.desk.notices.maintenance_kind import KIND as MAINTENANCE_KIND

URLS = (
    path("", views.contacts, name="contacts"),
    path("changes/", views.changes, name="contact-changes"),
    path("changes/new/", views.new, name="contact-change-new"),
    path("changes/<str:no>/", views.change, name="contact-change"),
)
KINDS = (KIND,)
WORK_URLS = (
    path("", maintenance_views.listed, name="maintenance"),
    path("new/", maintenance_views.new, name="maintenance-new"),
    path("<str:no>/", maintenance_views.notice, name="maintenance-notice"),
)
WORK_KINDS = (MAINTENANCE_KIND,)
FAULT_URLS = (
    path("", fault_views.listed, name="faults"),
    path("new/", fault_views.new, name="fault-new"),
    path("found/", fault_views.found, name="fault-found"),
    path("<str:no>/", fault_views.fault, name="fault"),
)
FAULT_KINDS = (FAULT_KIND,)
