"""Addresses of an officer's calendar."""

from django.urls import path

from hutong.web.calendar import views

urlpatterns = [
    path("account/calendar/", views.manage, name="calendar"),
    path("calendar/<str:token>/deadlines.ics", views.feed, name="calendar-feed"),
]
