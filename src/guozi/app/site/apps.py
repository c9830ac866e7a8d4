"""The Django app `site`."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Grants on the tables of Django and its kin."""

    name = "guozi.app.site"
    label = "site"
