"""The app `shop`: a small coffee roaster's catalogue, customers and orders."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    default_auto_field = "django.db.models.BigAutoField"
