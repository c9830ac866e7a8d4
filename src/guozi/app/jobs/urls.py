"""Addresses of jobs."""

from django.urls import path

from guozi.app.jobs import views

app_name = "jobs"

urlpatterns = [path("<uuid:uid>/", views.progress, name="progress")]
