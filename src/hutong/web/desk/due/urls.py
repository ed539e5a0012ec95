"""Addresses of what is due."""

from django.urls import path

from hutong.web.desk.due import calendars, operator, views

urlpatterns = [
    path("", views.listed, name="due"),
    path("unit/", views.unit, name="due-unit"),
    path("operator/", operator.operator, name="due-operator"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("calendars/waiting/", calendars.waiting, name="calendars-waiting"),
]
