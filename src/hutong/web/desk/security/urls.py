"""Addresses of emergency plans and restore drills."""

from django.urls import path

from hutong.web.desk.security import form, views
from hutong.web.desk.security.kind import DRILL_KIND, PLAN_KIND

URLS = (
    path("", views.plans, name="plans"),
    path("plans/new/", form.new_plan, name="plan-new"),
    path("plans/<str:no>/", views.plan, name="plan"),
    path("plans/<str:no>/edit/", form.edit_plan, name="plan-edit"),
    path("drills/", views.drills, name="drills"),
    path("drills/new/", form.new_drill, name="drill-new"),
    path("drills/<str:no>/", views.drill, name="drill"),
    path("drills/<str:no>/record/", form.record, name="drill-record"),
)
KINDS = (PLAN_KIND, DRILL_KIND)
