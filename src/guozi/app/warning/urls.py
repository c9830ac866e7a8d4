"""Addresses of the warning centre."""

from django.urls import path

from guozi.app.warning import views

app_name = "warning"

urlpatterns = [path("", views.warnings, name="warnings")]
